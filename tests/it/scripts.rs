use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Home, Ran, SharedServer, script_shows};

/// Every script runs and shows what its snapshot says: `snapshots/scripts/…` mirrors `scripts/…`.
#[test]
fn every_script_shows_what_it_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = Vec::new();
    collect(&root.join("scripts"), &mut scripts);
    scripts.sort();
    assert!(scripts.len() >= 4, "{scripts:?}");
    let mut failed = Vec::new();
    for script in &scripts {
        // Two halves of one thing, for two terminals: `course_examples` runs them together.
        if fs::read_to_string(script).unwrap().contains("until Ctrl-C") {
            continue;
        }
        let path = script.strip_prefix(root).unwrap().to_str().unwrap();
        // An exercise fails as shipped, and both print nothing worth keeping: other tests look at them.
        if path.starts_with("scripts/exercises") || path.starts_with("scripts/solutions") {
            continue;
        }
        let ran = run(script, path, 1);
        if ran.code == Some(0) {
            script_shows(path, &ran.out);
        } else {
            failed.push(format!("{path}: {:?}\n{}{}", ran.code, ran.out, ran.errors));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Two runs on one server: a lesson begins by making what it needs.
#[test]
fn a_lesson_can_be_run_again() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lesson = root.join("scripts/lessons/04_writes_with_error_handling.rhai");
    for seed in 1..=3 {
        let output = SharedServer::get()
            .command("lesson_again")
            .args(["--seed", &seed.to_string(), "run"])
            .arg(&lesson)
            .output();
        let ran = Ran::from(output.unwrap());
        assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""), "{ran:?}");
    }
}

const ERROR_HANDLING: &str = "30
0
truck_id_1
Truck #4 is currently performing a shipment. Please select another truck.
50
Truck #4 is currently performing a shipment. Another truck has been sent out instead.
";

#[test]
fn the_lecture_on_error_handling_runs_as_it_stands() {
    accepted("error_handling.rhai", ERROR_HANDLING);
}

#[test]
fn the_lecture_on_least_privilege_runs_as_it_stands() {
    accepted(
        "least_privilege.rhai",
        "1\nUnauthorized 13\nAuthentication\n",
    );
}

/// Runs a script from beside the repository three times, on a server of its own.
fn accepted(name: &str, prints: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/acceptance");
    let script = folder.join(name);
    if !script.exists() {
        eprintln!("skipped: {} is not there", script.display());
        return;
    }
    let home = Home::new();
    for seed in 1..=3 {
        let ran = run_in(&home, &script, seed, false);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), prints),
            "{}",
            ran.errors
        );
    }
    home.wait_until_empty();
}

/// A script that names databases, users or servers of its own gets a server of its own, too.
fn run(script: &Path, path: &str, seed: u64) -> Ran {
    let text = fs::read_to_string(script).unwrap();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let is_at_home_anywhere = !code.clone().any(|line| {
        ["client", "connect(", "replica_set("]
            .iter()
            .any(|word| line.contains(word))
    });
    if !is_at_home_anywhere {
        return run_in(&Home::new(), script, seed, true);
    }
    let database = path.replace(['/', '.'], "_");
    let mut command = SharedServer::get().command(&database);
    command
        .args(["--seed", &seed.to_string(), "run"])
        .arg(script);
    command.output().unwrap().into()
}

fn run_in(home: &Home, script: &Path, seed: u64, ephemeral: bool) -> Ran {
    let mut command = home.command();
    command.args([
        "--quiet",
        "--timeout",
        "120",
        "--seed",
        &seed.to_string(),
        "run",
    ]);
    command.arg(script);
    if ephemeral {
        command.arg("--ephemeral");
    }
    command.output().unwrap().into()
}

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, scripts);
        } else if path.extension().is_some_and(|ending| ending == "rhai") {
            scripts.push(path);
        }
    }
}
