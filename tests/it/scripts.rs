use std::path::Path;

use crate::support::{Home, RunOutput, SharedServer};

/// Several runs on one server: a lesson first prepares its data.
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
        let ran = RunOutput::from(output.unwrap());
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
fn the_error_handling_lecture_runs_unchanged() {
    accepted("error_handling.rhai", ERROR_HANDLING);
}

#[test]
fn the_least_privilege_lecture_runs_unchanged() {
    accepted(
        "least_privilege.rhai",
        "1\nUnauthorized 13\nAuthentication\n",
    );
}

/// Runs an acceptance script three times on its own server, if it is present.
fn accepted(name: &str, prints: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/acceptance");
    let script = folder.join(name);
    if !script.exists() {
        eprintln!("skipped: {} is not there", script.display());
        return;
    }
    let home = Home::new();
    for seed in 1..=3 {
        let ran = run_in(&home, &script, seed);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), prints),
            "{}",
            ran.errors
        );
    }
    home.wait_until_empty();
}

fn run_in(home: &Home, script: &Path, seed: u64) -> RunOutput {
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
    command.output().unwrap().into()
}
