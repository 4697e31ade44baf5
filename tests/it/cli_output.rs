use std::io::Write;
use std::process::Stdio;

use crate::support::{Scratch, command, eval, seaworthy};

#[test]
fn eval_prints_the_last_value() {
    assert_eq!(eval("\"text\"").out, "text\n");
    assert_eq!(eval("let x = 1;").out, "");
    assert_eq!(eval("()").out, "");
}

#[test]
fn run_does_not_print_the_last_value() {
    let folder = Scratch::new();
    folder.write("a.rhai", "print(1); 2");
    assert_eq!(folder.seaworthy(&["run", "a.rhai"]).out, "1\n");
}

#[test]
fn json_prints_one_line_for_each_value() {
    let ran = seaworthy(&[
        "--json",
        "eval",
        "print(\"a\\nb\"); print([1, 2.5, true, ()]); \"c\"",
    ]);
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            serde_json::json!("a\nb"),
            serde_json::json!([1, 2.5, true, null]),
            serde_json::json!("c"),
        ]
    );
}

#[test]
fn json_errors_are_one_line_on_stderr() {
    for (code, kind, line) in [
        ("let x = ;", "Syntax", Some(1)),
        ("\nfo(1)", "Script", Some(2)),
        ("throw \"x\"", "Thrown", Some(1)),
        ("exit(-1)", "InvalidArgument", Some(1)),
        ("errors::Nothing", "InvalidArgument", Some(1)),
    ] {
        let ran = seaworthy(&["eval", "--json", code]);
        assert_eq!(ran.errors.lines().count(), 1, "{}", ran.errors);
        let error: serde_json::Value = serde_json::from_str(&ran.errors).unwrap();
        assert_eq!(error["error"]["kind"], kind);
        assert_eq!(error["error"]["line"].as_u64(), line);
    }
    let ran = seaworthy(&["--json", "run", "no.rhai"]);
    let error: serde_json::Value = serde_json::from_str(&ran.errors).unwrap();
    assert_eq!(error["error"]["kind"], "Usage");
    let ran = seaworthy(&["--json", "--sed"]);
    let error: serde_json::Value = serde_json::from_str(&ran.errors).unwrap();
    assert_eq!(error["error"]["kind"], "Usage");
}

#[test]
fn a_script_is_read_from_standard_input() {
    for args in [&["run", "-"][..], &[]] {
        let mut child = command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(b"print(1 + 1)")
            .unwrap();
        assert_eq!(child.wait_with_output().unwrap().stdout, b"2\n");
    }
}

#[test]
fn a_script_on_standard_input_prints_no_banner() {
    for (script, code, out) in [
        ("", 0, ""),
        ("1 + 1", 0, ""),
        ("print(1); exit(7); print(2)", 7, "1\n"),
        ("throw \"x\"", 1, ""),
        ("let = 1", 2, ""),
        (":help", 2, ""),
    ] {
        let mut child = command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(script.as_bytes()).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{script}");
        // No banner, no prompt.
        assert_eq!(String::from_utf8_lossy(&output.stdout), out, "{script}");
    }
}

#[test]
fn scripts_of_a_folder_run_in_name_order() {
    let folder = Scratch::new();
    for name in ["b.rhai", "a.rhai", "10.rhai", "2.rhai"] {
        folder.write(name, format!("print(\"{name}\")"));
    }
    folder.write("notes.txt", "no script");
    folder.write("below/c.rhai", "print(\"below\")");
    let ran = folder.seaworthy(&["run", "."]);
    assert_eq!(ran.out, "10.rhai\n2.rhai\na.rhai\nb.rhai\n");
}

#[test]
fn a_million_lines_arrive_complete() {
    let ran = eval("for i in 0..1_000_000 { print(i) }");
    assert_eq!(ran.out.lines().count(), 1_000_000);
    assert!(ran.out.ends_with("\n999999\n"));
}

#[test]
fn debug_prints_its_line_number_on_stderr() {
    let ran = eval("print(1);\ndebug([1]);");
    assert_eq!(
        (ran.out.as_str(), ran.errors.as_str()),
        ("1\n", "debug, line 2: [1]\n")
    );
}

#[test]
fn no_colours_without_a_terminal() {
    assert!(!eval("throw 1").errors.contains('\u{1b}'));
    assert!(!seaworthy(&["--help"]).out.contains('\u{1b}'));
}
