//! The search for passwords at the end of every run works and can fail.

use std::process::Command;

use crate::support::password_search::{LEAKED, PASSWORDS};
use crate::support::{RunOutput, Scratch, Terminal, password_search, seaworthy};

/// Runs this test program with one kind of leak. Returns its exit code and the text of the search.
fn leaking(way: &str) -> (Option<i32>, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "secrets::leak", "--ignored"])
        .env("LEAK", way)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn a_leaked_password_fails_the_whole_run() {
    for way in ["stdout", "stderr", "terminal", "file", "server"] {
        let (code, said) = leaking(way);
        assert_eq!(code, Some(LEAKED), "{way}: {said}");
        assert!(said.contains("a password was printed"), "{way}: {said}");
        assert!(said.contains("secrets::leak"), "{way}: {said}");
    }
    // Typed passwords and files of the test itself do not count.
    for way in ["typed", "own file", "nothing"] {
        let (code, said) = leaking(way);
        assert_eq!(code, Some(0), "{way}: {said}");
    }
}

#[test]
#[ignore = "not a test: leaks a password for the search"]
fn leak() {
    let Some(way) = std::env::var_os("LEAK") else {
        return;
    };
    let password = PASSWORDS[0];
    let scratch = std::sync::Arc::new(Scratch::new());
    match way.to_str().unwrap() {
        "stdout" => drop(seaworthy(&["eval", "\"hunt\" + \"er2\""])),
        "stderr" => drop(seaworthy(&["eval", "throw \"hunt\" + \"er2\""])),
        "terminal" => {
            let code = "print(\"hunt\" + \"er2\"); sleep(60)";
            let terminal = Terminal::start_in(scratch, &["eval", code], &[], (80, 24));
            terminal.wait_for(password);
        }
        "typed" => {
            let code = "sleep(60)";
            let mut terminal = Terminal::start_in(scratch, &["eval", code], &[], (80, 24));
            terminal.keys(password);
            terminal.wait_for(password);
        }
        "file" => std::fs::write(scratch.path().join("history"), password).unwrap(),
        "own file" => drop(scratch.write("script.rhai", password)),
        "server" => {
            let random = "0123456789abcdef0123456789abcdef";
            std::fs::write(scratch.path().join("password"), random).unwrap();
            password_search::printed(format!("connecting with {random}").as_bytes());
        }
        _ => {
            let ran: RunOutput = seaworthy(&["eval", "1"]);
            assert_eq!(ran.out, "1\n");
        }
    }
}
