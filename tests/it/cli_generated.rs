use std::fs;
use std::process::Command;

use crate::support::{Scratch, seaworthy};

#[test]
fn bash_completes_commands_and_options() {
    let scratch = Scratch::new();
    let script = seaworthy(&["completions", "bash"]);
    assert_eq!(script.code, Some(0));
    scratch.write("complete.bash", &script.out);
    let file = scratch.path().join("complete.bash");
    for (words, wanted) in [
        (["seaworthy", "le"], "lesson"),
        (["seaworthy", "--mongo"], "--mongod"),
        (["seaworthy", "defin"], "definitions"),
    ] {
        let press = format!(
            "source '{}'; COMP_WORDS=({}); COMP_CWORD=1; _seaworthy seaworthy '{}' seaworthy; echo \"${{COMPREPLY[*]}}\"",
            file.display(),
            words.join(" "),
            words[1]
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &press])
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&output.stdout);
        assert_eq!(found.trim(), wanted, "{words:?}");
    }
}

#[test]
fn zsh_and_fish_have_completion_scripts() {
    for (shell, begins) in [
        ("zsh", "#compdef seaworthy"),
        ("fish", "# Print an optspec"),
    ] {
        let ran = seaworthy(&["completions", shell]);
        assert!(ran.out.starts_with(begins), "{shell}: {}", &ran.out[..80]);
        assert!(ran.out.contains("definitions"), "{shell}");
    }
    assert_eq!(seaworthy(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn definitions_use_script_types() {
    let scratch = Scratch::new();
    let folder = scratch.path().join("definitions");
    let ran = seaworthy(&["definitions", folder.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let mut text = String::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert!(path.to_str().unwrap().ends_with(".d.rhai"), "{path:?}");
        let one = fs::read_to_string(&path).unwrap();
        assert!(one.starts_with("module "), "{path:?}");
        text.push_str(&one);
    }
    for wanted in [
        "let client: Client;",
        "let db: Database;",
        "let args: array;",
        "fn find(this: Collection, filter: Document, options: Document) -> Cursor;",
        "fn connect(target: ?) -> Client;",
        "module random;",
        "const DuplicateKey: string;",
        "/// Finds the documents that match the filter",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    // Each line of code is one declaration, without Rust types.
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
    {
        let declares = ["module ", "fn ", "op ", "const ", "let "];
        assert!(
            declares.iter().any(|begin| line.starts_with(begin)) && line.ends_with(';'),
            "{line}"
        );
        assert!(!line.contains("Result<") && !line.contains("::"), "{line}");
    }
}

#[test]
fn each_command_has_a_man_page() {
    let scratch = Scratch::new();
    let folder = scratch.path().join("man/man1");
    let ran = seaworthy(&["man", folder.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    for (page, wanted) in [
        ("seaworthy.1", "Exit codes:"),
        ("seaworthy-run.1", "Run scripts in order"),
        ("seaworthy-course-check.1", "mutation"),
        ("seaworthy-exercise-hint.1", "Show a hint"),
        ("seaworthy-server-start.1", "Start the server"),
    ] {
        let text = fs::read_to_string(folder.join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
        assert!(text.contains(wanted), "{page}: {wanted}");
    }
}

#[test]
fn a_folder_that_cannot_be_created_is_an_error() {
    for command in ["definitions", "man"] {
        let ran = seaworthy(&[command, "/proc/nowhere"]);
        assert_eq!(ran.code, Some(1));
        assert!(ran.errors.contains("cannot be written"), "{}", ran.errors);
    }
}
