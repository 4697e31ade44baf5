use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Home, NOWHERE, SharedServer, Terminal};

/// Allowed growth: the allocator keeps memory, and the system counts in pages.
const SLACK: u64 = 12 << 20;
/// Allowed growth: new connections of the pool or of a monitor.
const SLACK_DESCRIPTORS: usize = 4;

/// Returns the resident memory in bytes and the number of descriptors; `None` after the end.
fn held_by(pid: u32) -> Option<(u64, usize)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    Some((kib * 1024, descriptors.count()))
}

fn assert_not_grown(name: &str, first: (u64, usize), last: (u64, usize)) {
    assert!(
        last.0 <= first.0 + first.0 / 10 + SLACK && last.1 <= first.1 + SLACK_DESCRIPTORS,
        "`{name}` grew from {first:?} to {last:?}",
    );
}

/// Runs the script of the long benchmark with a small number. It prints a mark after each tenth.
/// The last mark is ignored, because the process may have ended.
fn runs_without_growing(name: &str, size: &str) {
    let script = format!(
        "{}/benches/long/work/{name}.rhai",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut command = SharedServer::get().command(&format!("long_{name}"));
    let mut child = command
        .args(["run", &script, "--", size])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut marks = Vec::new();
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines().take(9) {
        assert_eq!(line.unwrap(), "mark");
        marks.extend(held_by(child.id()));
    }
    let ended = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{errors}");
    // The process may also have ended after the ninth mark.
    assert!(marks.len() >= 8, "{marks:?}");
    assert_not_grown(name, marks[0], marks[marks.len() - 1]);
}

#[test]
fn inserts_one_by_one() {
    runs_without_growing("inserts", "2000");
}

#[test]
fn tasks_started_and_joined() {
    runs_without_growing("tasks", "10000");
}

#[test]
fn clients_opened_and_closed() {
    runs_without_growing("clients", "40");
}

#[test]
fn watching() {
    runs_without_growing("watching", "3");
}

#[test]
fn bad_lines_at_the_prompt() {
    let mut terminal = Terminal::open(NOWHERE);
    let mut held = Vec::new();
    for part in 0..5 {
        let bad = ["let = 1;", "nothing_of_that_name(1)", "throw 7", "1 +* 2"].repeat(100);
        for lines in bad.chunks(20) {
            terminal.keys(&format!("{}\r", lines.join("\r")));
        }
        terminal.keys(&format!("\"part \" + {part}\r"));
        terminal.wait_for(&format!("\"part {part}\"\n"));
        held.push(held_by(terminal.pid()).unwrap());
    }
    // 1.5 KiB for each of the 1600 lines.
    let (first, last) = (held[0].0, held[4].0);
    assert!(last <= first + 1600 * 1536, "{held:?}");
    assert_not_grown("bad lines", held[0], held[4]);
}

/// Runs a part of the long test of faults, and checks what the program holds after each part.
fn soaks(seed: u32, faults: u32, part: u32) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/consistency/soak.rhai");
    let home = Home::new();
    let mut command = home.command();
    let mut child = command
        .args(["run", script, "--", "members=3"])
        .args(
            [("seed", seed), ("faults", faults), ("part", part)]
                .map(|(name, n)| format!("{name}={n}")),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = Vec::new();
    let mut printed = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("part ") {
            held.extend(held_by(child.id()));
        }
        printed.push(line);
    }
    let ended = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{printed:#?}\n{errors}");
    assert_eq!(
        printed.last().unwrap(),
        &format!("seed {seed}: {faults} faults on 3 members, valid")
    );
    assert!(held.len() >= 2, "{printed:#?}");
    // The first part also starts what the program keeps. A member that has just returned has
    // connections that come and go.
    let (first, last) = (held[0], held[held.len() - 1]);
    assert!(
        last.0 <= first.0 + first.0 / 10 + 4 * SLACK && last.1 <= first.1 + 60,
        "{held:?}"
    );
    home.wait_until_empty();
}

#[test]
fn random_faults_lose_no_acknowledged_write() {
    soaks(5, 6, 2);
}

#[test]
#[ignore = "takes two minutes: cargo test --test it random_faults -- --ignored"]
fn random_faults_lose_no_acknowledged_write_in_two_minutes() {
    soaks(6, 40, 10);
}
