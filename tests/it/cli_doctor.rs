use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use crate::support::{Home, Scratch, command, shows_normalised};

/// Returns the output of the doctor and its exit code.
fn examined(command: &mut Command) -> (String, Option<i32>) {
    let output = command.output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

/// Replaces what differs between machines.
fn tidy(text: &str, home: &Home) -> String {
    let root = home.folders.data.parent().unwrap().display().to_string();
    let runtime = home.folders.runtime.as_ref().unwrap().parent().unwrap();
    let lines = text
        .replace(&root, "HOME")
        .replace(&runtime.display().to_string(), "RUNTIME");
    let lines = lines.lines().map(|line| match line {
        line if line.contains("  versions  ") => "ok  versions       seaworthy …".to_owned(),
        line if line.contains("  pip  ") => "ok  pip            …".to_owned(),
        // The layers depend on the machine; `confinement_layers` tests them.
        line if line.contains("  confinement  ") => "ok  confinement    …".to_owned(),
        line if line.contains("  mongod  ") => match line.split_once(": /") {
            Some((before, _)) => format!("{before}: …"),
            None => line.to_owned(),
        },
        line => match line.rsplit_once(" (") {
            Some((before, after)) if after.ends_with(" ms)") => format!("{before} (… ms)"),
            _ => line.to_owned(),
        },
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_healthy_machine_passes_every_check() {
    let home = Home::new();
    let (said, code) = examined(home.command().args(["-q", "doctor"]));
    assert_eq!(code, Some(0), "{said}");
    shows_normalised("doctor", "healthy", &tidy(&said, &home));
    home.wait_until_empty();
}

#[test]
fn the_report_is_available_as_json() {
    let home = Home::new();
    let (said, code) = examined(
        home.command()
            .args(["-q", "doctor", "--json", "--ephemeral"]),
    );
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &found["ok"]),
        (Some(0), &Value::Bool(true)),
        "{said}"
    );
    let checks = found["checks"].as_array().unwrap();
    let of = |what: &str| checks.iter().find(|check| check["what"] == what).unwrap();
    assert!(
        of("versions")["words"]
            .as_str()
            .unwrap()
            .contains("mongodb driver 3."),
        "{said}"
    );
    assert_eq!(of("write")["health"], "ok");
    assert!(of("server")["ms"].is_u64(), "{said}");
    home.wait_until_empty();
}

#[test]
fn a_blocked_folder_and_an_invalid_mongod_are_reported() {
    let home = Home::new();
    std::fs::create_dir_all(home.folders.data.parent().unwrap()).unwrap();
    std::fs::write(&home.folders.state, "a file").unwrap();
    let none = home.folders.data.with_file_name("mongod");
    std::fs::write(&none, "#!/bin/sh\necho nothing\n").unwrap();
    std::fs::set_permissions(&none, PermissionsExt::from_mode(0o755)).unwrap();
    let (said, code) = examined(
        home.command()
            .args(["-q", "doctor"])
            .env("SEAWORTHY_MONGOD", &none),
    );
    assert_eq!(code, Some(1), "{said}");
    shows_normalised("doctor", "broken", &tidy(&said, &home));
}

#[test]
fn without_a_home_the_variable_to_set_is_named() {
    let scratch = Scratch::new();
    let mut command = command();
    command.current_dir(scratch.path()).args(["-q", "doctor"]);
    for name in ["HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env_remove(name);
    }
    let (said, code) = examined(&mut command);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("set `HOME` to your home folder"), "{said}");
}

#[test]
fn files_in_the_current_folder_are_not_executed() {
    let home = Home::new();
    let folder = Scratch::new();
    let mark = "open('executed', 'a').write(__name__)\n";
    for module in [
        "pip.py",
        "sitecustomize.py",
        "encodings/__init__.py",
        "runpy.py",
        "startup.py",
    ] {
        folder.write(module, mark);
    }
    for program in ["python3", "pip3", "pip"] {
        folder.write(program, "#!/bin/sh\necho executed >executed\n");
    }
    let (said, _) = examined(
        home.command()
            .args(["-q", "doctor", "--ephemeral"])
            .env("PYTHONPATH", folder.path())
            .env("PYTHONSTARTUP", folder.path().join("startup.py"))
            .current_dir(folder.path()),
    );
    assert!(said.contains("pip"), "{said}");
    assert!(!folder.path().join("executed").exists(), "{said}");
    home.wait_until_empty();
}
