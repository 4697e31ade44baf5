use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use crate::support::SharedServer;

fn example(name: &str, args: &[&str]) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scripts/examples")
        .join(name);
    SharedServer::get()
        .command("course_examples")
        .args(["--seed", "1", "run"])
        .arg(script)
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn interrupt(child: &mut Child) -> Option<i32> {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    child.wait().unwrap().code()
}

/// One script watches, the other buys, until Ctrl-C.
#[test]
fn the_warehouse_scripts_run_in_two_terminals() {
    let mut watcher = example("watch_inventory.rhai", &[]);
    let mut lines = BufReader::new(watcher.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    assert_eq!(
        lines.next().as_deref(),
        Some("watching; press Ctrl-C to end")
    );
    // The line is printed before the stream is open, so the customers keep buying.
    let mut customers = example("simulate_purchases.rhai", &["--", "--every", "0.01"]);
    let warnings: Vec<String> = lines.take(3).collect();
    assert!(
        warnings
            .iter()
            .all(|line| line.starts_with("Only ") && line.ends_with(" are left!")),
        "{warnings:?}"
    );
    assert_eq!(warnings.len(), 3);
    assert_eq!(interrupt(&mut customers), Some(130));
    assert_eq!(interrupt(&mut watcher), Some(130));
}
