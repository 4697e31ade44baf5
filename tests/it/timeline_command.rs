//! `--timeline`, `seaworthy timeline` and the keys of the lesson player.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Home, Lab, RunOutput};

#[test]
fn timeline_a_wrong_ending_and_an_unwritable_file_are_reported_before_the_run() {
    let lab = Lab::new();
    let run = |file: &str| -> RunOutput {
        let mut command = lab.command("print(\"ran\")", &["--timeline", file]);
        command.output().unwrap().into()
    };
    let ran = run("out.png");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.errors.contains("`.json`") && ran.errors.contains("`.jsonl`"),
        "{}",
        ran.errors
    );
    let ran = run("/no/such/folder/out.json");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.errors.contains("cannot be written"), "{}", ran.errors);
}

#[test]
fn timeline_last_draws_the_last_recorded_run() {
    let home = Home::new();
    let run = |args: &[&str]| -> RunOutput { home.command().args(args).output().unwrap().into() };
    let ran = run(&["timeline"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.errors.contains("there is no recorded run"),
        "{}",
        ran.errors
    );
    let ran = run(&[
        "eval",
        "timeline::mark(\"hello\"); 1 + 1",
        "--timeline",
        "-",
    ]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.out.starts_with("2\n") && ran.out.contains("hello"),
        "{}",
        ran.out
    );
    let again = run(&["timeline"]);
    assert!(again.out.contains("hello"), "{}{}", again.out, again.errors);
    // A run without the option is not recorded.
    run(&["eval", "timeline::mark(\"other\")"]);
    assert!(run(&["timeline", "last"]).out.contains("hello"));
    let confined = run(&[
        "eval",
        "timeline::mark(\"confined\")",
        "--confined",
        "--accept-missing-layers",
        "--timeline",
        "-",
    ]);
    assert!(
        confined.out.contains("confined"),
        "{}{}",
        confined.out,
        confined.errors
    );
    let drawn = run(&["timeline"]);
    assert!(
        drawn.out.contains("confined"),
        "{}{}",
        drawn.out,
        drawn.errors
    );
}

#[test]
fn timeline_a_failed_test_names_the_command_that_draws_it() {
    let (home, folder) = (Home::new(), tempfile::tempdir().unwrap());
    let script = "timeline::mark(\"before\");\ndb.n.insert_one(#{ _id: 1 });\ndb.n.insert_one(#{ _id: 1 });\n";
    std::fs::write(folder.path().join("twice.rhai"), script).unwrap();
    let run = |args: &[&str]| -> RunOutput {
        home.command()
            .current_dir(folder.path())
            .args(args)
            .output()
            .unwrap()
            .into()
    };
    for more in [&["--trust"][..], &["--accept-missing-layers"]] {
        let ran = run(&[&["test", "--quiet"], more].concat());
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.errors);
        let line = "`seaworthy timeline twice` shows what it did and when";
        assert!(ran.out.contains(line), "{}{}", ran.out, ran.errors);
        let drawn = run(&["timeline", "twice"]);
        for part in ["before", "insert_one DuplicateKey", "    3\n"] {
            assert!(
                drawn.out.contains(part),
                "{part}: {}{}",
                drawn.out,
                drawn.errors
            );
        }
    }
    let file = folder.path().join("out.json");
    run(&[
        "test",
        "--quiet",
        "--trust",
        "--timeline",
        file.to_str().unwrap(),
    ]);
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .contains("DuplicateKey")
    );
}

#[test]
fn timeline_of_a_step_is_shown_and_written_by_keys() {
    let (home, folder) = (Home::new(), tempfile::tempdir().unwrap());
    let mut command = home.command();
    command
        .current_dir(folder.path())
        .args(["lesson", "1", "--quiet"]);
    let mut lesson = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let keys = "\n\n\nv\nV\nq\n";
    lesson
        .stdin
        .take()
        .unwrap()
        .write_all(keys.as_bytes())
        .unwrap();
    let ran: RunOutput = lesson.wait_with_output().unwrap().into();
    assert!(
        ran.out.contains("with unknown outcome"),
        "{}{}",
        ran.out,
        ran.errors
    );
    let written = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let name = written.file_name().into_string().unwrap();
    assert!(
        name.ends_with(".html") && ran.out.contains(&name),
        "{name}: {}",
        ran.out
    );
    let page = std::fs::read_to_string(written.path()).unwrap();
    assert!(page.contains("<title>Timeline of ") && page.contains("id=\"data\""));
}
