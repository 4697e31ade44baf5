//! The Jupyter kernel, driven by Jupyter's own clients.

use serde_json::Value;

use crate::support::{Jupyter, Scratch};

#[test]
fn kernel_passes_the_tests_for_kernels() {
    let jupyter = Jupyter::new("kernel_conformance", &[]);
    let seen = jupyter.python("kernel_conformance.py", &[]);
    assert!(seen.contains("Ran 13 tests"), "{seen}");
    // Nothing pages and nothing clears outputs.
    assert!(seen.contains("OK (skipped=2)"), "{seen}");
}

#[test]
fn kernel_cells_share_variables_and_show_rich_values() {
    Jupyter::new("kernel_cells", &[]).check("cells");
}

#[test]
fn kernel_output_of_a_task_belongs_to_the_cell_that_started_it() {
    Jupyter::new("kernel_background", &[]).check("background");
}

#[test]
fn kernel_stop_ends_the_cell_and_keeps_the_variables() {
    Jupyter::new("kernel_stop", &[]).check("stop");
}

#[test]
fn kernel_refuses_messages_without_a_right_signature() {
    Jupyter::new("kernel_security", &[]).check("security");
}

#[test]
fn kernel_ignores_garbage_on_all_sockets() {
    Jupyter::new("kernel_fuzz", &[]).check("fuzz");
}

#[test]
fn kernel_says_which_code_is_complete() {
    Jupyter::new("kernel_complete", &[]).check("complete");
}

#[test]
fn kernel_runs_a_thousand_cells_without_losing_an_idle() {
    Jupyter::new("kernel_many", &[]).check("many");
}

#[test]
fn kernel_starts_again_on_the_same_ports_and_sockets() {
    Jupyter::new("kernel_restart", &[]).check("restart");
}

#[test]
fn kernel_ends_when_its_client_was_killed() {
    Jupyter::new("kernel_killed", &[]).check("killed");
}

#[test]
fn kernel_runs_the_commands_of_cells() {
    Jupyter::new("kernel_commands", &[]).check("commands");
}

#[test]
fn kernel_checks_an_exercise_and_saves_that_it_is_solved() {
    let jupyter = Jupyter::new("kernel_exercise", &["--ephemeral"]);
    let root = env!("CARGO_MANIFEST_DIR");
    let file = |kind| format!("{root}/scripts/{kind}/08_one_truck_one_shipment.rhai");
    jupyter.python(
        "kernel_checks.py",
        &["exercise", &file("exercises"), &file("solutions")],
    );
    let listed = jupyter.run(&["exercises", "--json"]);
    assert_eq!(listed.code, Some(0), "{}", listed.errors);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let exercises = listed["exercises"].as_array().unwrap();
    let solved = exercises.iter().filter(|one| one["solved"] == true);
    let solved: Vec<&Value> = solved.map(|one| &one["exercise"]).collect();
    assert_eq!(solved, ["08_one_truck_one_shipment"]);
}

#[test]
fn kernel_doctor_starts_the_installed_kernel() {
    let jupyter = Jupyter::new("kernel_doctor", &[]);
    let seen = jupyter.run(&["kernel", "doctor"]);
    assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.errors);
    let version = format!("ok  answer   seaworthy {}", env!("CARGO_PKG_VERSION"));
    for line in ["ok  kernel   installed in ", &version, "no problems found"] {
        assert!(seen.out.contains(line), "{line}: {}", seen.out);
    }
    let file = jupyter.data().join("kernels/seaworthy/kernel.json");
    std::fs::write(
        &file,
        r#"{ "argv": ["/nothing/here"], "language": "rhai" }"#,
    )
    .unwrap();
    let seen = jupyter.run(&["kernel", "doctor"]);
    assert_eq!(seen.code, Some(1), "{}", seen.out);
    assert!(seen.out.contains("which does not exist"), "{}", seen.out);
    assert!(seen.out.contains("!!  answer"), "{}", seen.out);
    let seen = jupyter.run(&["kernel", "doctor", "--name", "other"]);
    assert_eq!(seen.code, Some(0), "{}", seen.out);
    assert!(
        seen.out.contains("--  kernel   not installed"),
        "{}",
        seen.out
    );
}

#[test]
fn kernel_does_not_run_a_lesson_on_a_foreign_server() {
    let jupyter = Jupyter::for_scripts("kernel_foreign");
    jupyter.install(&[]);
    let made = jupyter.run(&["notebook", "4", "-o", "4.ipynb"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    jupyter.check("foreign");
}

#[test]
fn kernel_install_writes_no_password_and_uninstall_removes_only_ours() {
    let jupyter = Jupyter::new("kernel_install", &["--name", "Shop"]);
    let folder = jupyter.data().join("kernels/shop");
    let read = || std::fs::read_to_string(folder.join("kernel.json")).unwrap();
    let written: Value = serde_json::from_str(&read()).unwrap();
    assert_eq!(written["display_name"], "seaworthy (Shop)");
    assert_eq!(written["interrupt_mode"], "message");
    assert!(!read().contains("mongodb://"), "{}", read());
    let run = |args: &[&str]| jupyter.run(&[&["kernel"], args].concat());
    let refused = run(&["install", "--uri", "mongodb://ada:pw@db.invalid/"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.errors.contains("MONGODB_URI"), "{}", refused.errors);
    let refused = run(&["install", "--name", "../shop"]);
    assert!(
        refused.errors.contains("cannot be the name"),
        "{}",
        refused.errors
    );
    let refused = run(&["install", "--confined"]);
    assert!(
        refused.errors.contains("untrusted cells"),
        "{}",
        refused.errors
    );

    let removed = run(&["uninstall", "--name", "shop", "--json"]);
    assert_eq!(removed.code, Some(0), "{}", removed.errors);
    assert!(!folder.exists());
    assert!(
        run(&["uninstall", "--name", "shop"])
            .out
            .contains("there is no kernel")
    );
    let other = jupyter.data().join("kernels/python3/kernel.json");
    std::fs::create_dir_all(other.parent().unwrap()).unwrap();
    std::fs::write(&other, r#"{ "argv": [], "language": "python" }"#).unwrap();
    for command in ["install", "uninstall"] {
        let refused = run(&[command, "--name", "python3"]);
        assert_eq!(refused.code, Some(2));
        assert!(
            refused.errors.contains("another program"),
            "{}",
            refused.errors
        );
    }
    assert!(other.exists());
}

#[test]
fn kernel_does_not_start_with_an_unusable_connection_file() {
    let folder = Scratch::new();
    for (text, message) in [
        ("{", "is not a connection file of Jupyter"),
        (
            r#"{ "transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "key": "", "signature_scheme": "hmac-sha256" }"#,
            "has no key for signatures",
        ),
        (
            r#"{ "transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "key": "a", "signature_scheme": "hmac-md5" }"#,
            "that are not `hmac-sha256`",
        ),
    ] {
        folder.write("connection.json", text);
        let refused = folder.seaworthy(&["kernel", "run", "-f", "connection.json"]);
        assert_eq!(refused.code, Some(2), "{text}");
        assert!(refused.errors.contains(message), "{}", refused.errors);
    }
}
