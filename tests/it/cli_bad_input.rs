use crate::support::{Scratch, run_script, seaworthy, shows};

#[test]
fn unusable_files_are_refused_before_anything_runs() {
    let folder = Scratch::new();
    folder.write("lesson.rhai", "print(1)");
    folder.write("binary.rhai", b"\x7fELF\x02\x01\x00\x00");
    folder.write("latin1.rhai", b"print(\"caf\xe9\")");
    folder.write("empty/readme.txt", "");
    for (name, args) in [
        ("missing", vec!["run", "lesson.rhai", "lessen.rhai"]),
        ("missing_folder", vec!["run", "no/such/file.rhai"]),
        ("binary", vec!["run", "lesson.rhai", "binary.rhai"]),
        ("not_utf8", vec!["run", "latin1.rhai"]),
        ("folder_without_scripts", vec!["run", "empty"]),
    ] {
        let ran = folder.seaworthy(&args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}");
        shows("usage", name, &ran.errors);
    }
}

#[test]
fn files_with_crlf_or_a_byte_order_mark_run() {
    for text in [
        &b"\xef\xbb\xbfprint(1);\r\nprint(2);\r\n"[..],
        b"#!/usr/bin/env -S seaworthy run\nprint(1);\nprint(2);",
    ] {
        let ran = run_script(text);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), "1\n2\n"),
            "{}",
            ran.errors
        );
    }
}

#[test]
fn an_empty_script_does_nothing() {
    let ran = run_script("");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.errors.as_str()),
        (Some(0), "", "")
    );
}

#[test]
fn ten_megabytes_of_brackets_are_a_syntax_error() {
    for bracket in ["[", "(", "{", "#{ a: ", "!", "if true { "] {
        let ran = run_script(bracket.repeat(10_000_000 / bracket.len()));
        assert_eq!(ran.code, Some(2), "{bracket}");
        assert!(
            ran.errors.contains("nested too deeply"),
            "{bracket}: {}",
            ran.errors
        );
        assert!(ran.errors.len() < 2000, "{}", ran.errors.len());
    }
}

#[test]
fn three_hundred_levels_of_nesting_run() {
    let ran = run_script(format!("{}1{}", "[".repeat(300), "]".repeat(300)));
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}

#[test]
fn only_endless_recursion_is_an_error() {
    let ran = run_script("fn f(n) { f(n + 1) }\nf(0);");
    assert_eq!(ran.code, Some(1));
    shows("errors", "endless_recursion", &ran.errors);
    let deep = format!(
        "fn f(n) {{ if n == 0 {{ return 0; }} {}f(n - 1){} }} f(180);",
        "[".repeat(300),
        "]".repeat(300)
    );
    assert_eq!(run_script(deep).code, Some(0));
}

#[test]
fn an_endlessly_growing_string_is_an_error() {
    let ran = run_script("let s = \"0123456789\";\nloop { s += s; }");
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    assert!(ran.errors.contains("MiB of memory"), "{}", ran.errors);
}

#[test]
fn usage_errors_do_not_show_passwords() {
    let uri = "mongodb://ada:s3cret@localhost/db";
    for args in [
        vec!["rum", uri],
        vec!["run", uri],
        vec!["run", "x.rhai", "--uri", uri, "--ephemeral"],
        vec!["--json", "run", uri],
        vec!["--json", uri],
        vec!["eval", "1", "2", uri],
        vec!["--timeout", uri, "eval", "1"],
    ] {
        let ran = seaworthy(&args);
        assert_eq!(ran.code, Some(2), "{args:?}");
        assert!(!ran.errors.contains("s3cret"), "{}", ran.errors);
        assert!(!ran.out.contains("s3cret"), "{}", ran.out);
    }
}
