use crate::support::{seaworthy, shows};

#[test]
fn help_and_version_texts() {
    for (name, args) in [
        ("short", &["-h"][..]),
        ("long", &["--help"]),
        ("run", &["run", "--help"]),
        ("eval", &["eval", "-h"]),
        ("exercise", &["exercise", "-h"]),
        ("exercise_solution", &["exercise", "solution", "-h"]),
        ("version", &["--version"]),
    ] {
        let ran = seaworthy(args);
        assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""), "{name}");
        shows("help", name, &ran.out);
    }
}

#[test]
fn usage_errors_name_the_solution() {
    for (name, args) in [
        ("unknown_option", &["run", "x.rhai", "--sed", "1"][..]),
        ("unknown_command", &["rnu", "x.rhai"]),
        ("no_file", &["run"]),
        ("bad_timeout", &["--timeout", "soon", "eval", "1"]),
        ("negative_timeout", &["--timeout", "-1", "eval", "1"]),
        ("bad_seed", &["--seed", "x", "eval", "1"]),
        (
            "uri_and_ephemeral",
            &["--uri", "mongodb://h", "--ephemeral", "eval", "1"],
        ),
        ("empty_db", &["--db", "", "eval", "1"]),
    ] {
        let ran = seaworthy(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}");
        shows("usage", name, &ran.errors);
    }
}

#[test]
fn a_script_alone_is_run() {
    let folder = crate::support::Scratch::new();
    folder.write("hello.rhai", "print(40 + 2);");
    let ran = folder.seaworthy(&["hello.rhai"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "42\n"),
        "{}",
        ran.errors
    );
    let ran = folder.seaworthy(&[
        "mongodb://ada:s3cret@127.0.0.1:1/?serverSelectionTimeoutMS=50",
        "eval",
        "client.ping()",
    ]);
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    assert!(!ran.errors.contains("s3cret"), "{}", ran.errors);
}
