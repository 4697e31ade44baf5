//! Courses with control sequences in every text, links and attacks, with every command.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::confined_commands::ATTACKS;
use crate::support::{Home, RunOutput, Scratch, Terminal, eventually, shared_mongod};

/// Sets the clipboard, clears the screen, changes the text direction, overwrites the line.
const EVIL: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}2J\u{202e}\u{2066}\rEVIL";

fn lesson() -> String {
    "// %% [markdown] lesson minutes=\"2\"\n// # 1. Boats @\n//\n// Prose @ and `code @`.\n\n// %% Step @\n\
     print(\"printed @\");\nprint([\"in an array @\"]);\ndebug(\"debugged @\");\n\
     db.boats.drop();\ndb.boats.insert_one(#{ \"field @\": 1 });\nprint(db.boats.find_one().keys());\n\n\
     // %% [markdown] question\n// Why @?\n// - [x] yes @\n//   > because @\n// - [ ] no @\n//   > no @\n"
        .replace('@', EVIL)
}

fn exercise() -> String {
    "// %% [markdown] exercise lecture=\"Boats @\"\n// # The boat @\n//\n// A story @.\n//\n// **Your task.** Do @.\n//\n// > not yet @\n\n\
     // %% Your part\n// TODO: do @\nlet done = false;\n\n// %% [markdown] hint\n// A hint @.\n\n\
     // %% Check\nassert(done, \"not yet @\");\n"
        .replace('@', EVIL)
}

fn course() -> Arc<Scratch> {
    let home = Scratch::new();
    home.write("course/lessons/01_boats.rhai", lesson());
    home.write("course/exercises/01_boat.rhai", exercise());
    let solution = exercise().replace("let done = false;", "let done = true;");
    home.write(
        "course/solutions/01_boat.rhai",
        solution.split("// %% Check").next().unwrap(),
    );
    home.write(
        "tests/x.rhai",
        format!("print(\"shown {EVIL}\"); throw \"thrown {EVIL}\";"),
    );
    home.write(
        "tests/x.snap",
        format!("---\nsource: seaworthy test\n---\nkept {EVIL}\n"),
    );
    Arc::new(home)
}

/// Returns the control characters in the text, except those that the program itself uses.
fn harm(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    let mut rest = text.replace("\r\n", "\n");
    // Sequences of the player and of the watch screen.
    for ours in [
        "\u{1b}[H\u{1b}[2J",
        "\u{1b}[K",
        "\u{1b}[J",
        "\u{1b}[?2004h",
        "\u{1b}[?2004l",
        "\r\u{1b}[2K",
        "\r",
    ] {
        if ours != "\r" || !rest.contains("\rEVIL") {
            rest = rest.replace(ours, "");
        }
    }
    let plain = anstream_free(&rest);
    found.extend(plain.chars().filter(|letter| {
        (letter.is_control() && !"\n\t".contains(*letter)) || "\u{202e}\u{2066}".contains(*letter)
    }));
    found
}

/// Removes the sequences that set colours.
fn anstream_free(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        let parameters = &rest[at + 2..];
        let end = parameters.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
        match end {
            Some(end) if parameters[end..].starts_with('m') => rest = &parameters[end + 1..],
            _ => {
                plain.push_str("\u{1b}[");
                rest = parameters;
            }
        }
    }
    plain + rest
}

#[test]
fn commands_escape_control_sequences_of_a_course() {
    let home = course();
    let run = |args: &[&str]| -> RunOutput {
        let mut command = crate::support::command();
        command
            .arg("--quiet")
            .args(args)
            .env("HOME", home.path())
            .env("SEAWORTHY_MONGOD", shared_mongod())
            .current_dir(home.path());
        command.output().unwrap().into()
    };
    for args in [
        &["exercises", "--course", "course"][..],
        &["exercise", "--course", "course", "--dir", "mine"],
        &["exercise", "hint", "--course", "course"],
        &["exercise", "solution", "--anyway", "--course", "course"],
        &["exercise", "--json", "--course", "course"],
        &["lesson", "--course", "course"],
        &["lesson", "1", "--no-pause", "--course", "course"],
        &["lesson", "1", "--no-pause", "--trace", "--course", "course"],
        &["course", "check", "course"],
        &["test", "tests"],
        &["test", "tests", "--junit", "results.xml"],
        &["run", "--confined", "tests/x.rhai"],
        &["run", "--confined", "--json", "tests/x.rhai"],
    ] {
        let ran = run(args);
        for text in [&ran.out, &ran.errors] {
            assert!(harm(text).is_empty(), "{args:?}: {text:?}");
        }
        let shown = format!("{}{}", ran.out, ran.errors);
        assert!(shown.contains("EVIL"), "{args:?} shows the text: {shown}");
    }
    let junit = fs::read_to_string(home.path().join("results.xml")).unwrap();
    assert!(harm(&junit).is_empty(), "{junit:?}");
    let copy = fs::read_to_string(home.path().join("mine/01_boat.rhai")).unwrap();
    assert!(harm(&copy).is_empty(), "{copy:?}");
}

#[test]
fn screens_escape_control_sequences_of_a_course() {
    let home = course();
    let mongod = shared_mongod();
    let variables = [("SEAWORTHY_MONGOD", mongod.to_str().unwrap())];
    let start = |args: &[&str]| Terminal::start_in(Arc::clone(&home), args, &variables, (100, 40));
    let mut watch = start(&[
        "-q", "exercise", "watch", "--course", "course", "--dir", "mine",
    ]);
    watch.wait_for("not yet");
    watch.keys("h");
    watch.wait_for("A hint");
    watch.keys("q");
    watch.end();
    let mut player = start(&["-q", "lesson", "1", "--course", "course"]);
    player.wait_for("Step");
    player.keys("\r");
    player.wait_for("Enter next");
    player.keys("\r");
    player.wait_for("Why");
    player.keys("\x04");
    player.end();
    for (name, terminal) in [("watch", &watch), ("player", &player)] {
        let written = terminal.written();
        for evil in [
            "\u{1b}]52",
            "\u{7}",
            "\u{9b}",
            "\u{202e}",
            "\u{2066}",
            "\rEVIL",
        ] {
            assert!(!written.contains(evil), "{name}: {evil:?} in {written:?}");
        }
    }
}

#[test]
fn completion_escapes_control_sequences() {
    let home = Home::new();
    let folder = Arc::new(Scratch::new());
    let of_home = home.command();
    let variables: Vec<(String, String)> = of_home
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value?.to_str()?.to_owned())))
        .collect();
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut prompt = Terminal::start_in(folder, &["--ephemeral"], &variables, (100, 40));
    prompt.wait_for(">");
    prompt.line("db.boats.insert_one(#{ \"fine\": 1, \"fi\\u001b]52;c;ZXZpbA\\u0007ne\": 1 }); print(1 + 1)");
    prompt.wait_for("2");
    prompt.keys("db.boats.find(#{ fi\t\t");
    eventually("the completion", || prompt.screen().contains("fine"));
    prompt.cancel();
    prompt.line("let evil = db[\"\\u001b]52;c;ZXZpbA\\u0007\"];");
    prompt.line("evil");
    prompt.wait_for("<collection lessons");
    prompt.keys("\x04");
    prompt.end();
    let written = prompt.written();
    assert!(
        !written.contains("\u{1b}]52") && !written.contains('\u{7}'),
        "{written:?}"
    );
    home.wait_until_empty();
}

#[test]
fn links_out_of_a_course_are_refused() {
    let home = Home::new();
    let folder = Scratch::new();
    let secret = folder.write("secret.rhai", "print(\"secret\");");
    let victim = folder.write("victim", "ours");
    folder.write(
        "course/exercises/01_boat.rhai",
        exercise().replace(EVIL, ""),
    );
    folder.write("course/x.rhai", "print(1);");
    let course = folder.path().join("course");
    let run = |args: &[&str]| -> RunOutput {
        let mut command = home.command();
        command.arg("--quiet").args(args).current_dir(folder.path());
        command.output().unwrap().into()
    };
    let refused = |args: &[&str], name: &str| {
        let ran = run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}{}", ran.out, ran.errors);
        assert!(
            ran.errors.contains("leads out of the course") && ran.errors.contains(name),
            "{args:?}: {}",
            ran.errors
        );
    };
    symlink(&victim, course.join("x.snap")).unwrap();
    refused(&["test", "course/x.rhai"], "x.snap");
    refused(&["test", "--accept", "course/x.rhai"], "x.snap");
    refused(&["test", "--accept", "--trust", "course/x.rhai"], "x.snap");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "ours");
    fs::remove_file(course.join("x.snap")).unwrap();
    symlink(&secret, course.join("exercises/02_link.rhai")).unwrap();
    refused(
        &["exercises", "--course", "course", "--trust"],
        "02_link.rhai",
    );
    // A confined process does not see the target of the link.
    let listed = run(&["exercises", "--course", "course"]);
    assert!(
        listed.out.contains("The boat") && !listed.out.contains("02"),
        "{}",
        listed.out
    );
    fs::remove_file(course.join("exercises/02_link.rhai")).unwrap();
    symlink(&secret, course.join("y.rhai")).unwrap();
    refused(&["test", "course"], "y.rhai");
    fs::remove_file(course.join("y.rhai")).unwrap();
    fs::rename(course.join("x.rhai"), course.join("x\u{1b}[2J.rhai")).unwrap();
    let ran = run(&["test", "course"]);
    assert!(
        ran.errors.contains("invisible characters") && harm(&ran.errors).is_empty(),
        "{}",
        ran.errors
    );
    assert!(Path::new(&secret).exists());
}

/// Reads all files below a folder, except those that a run may change.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let may_change = ["state", "data", "mine"]
            .iter()
            .any(|name| path.ends_with(name));
        if path.is_dir() && !path.is_symlink() {
            if !may_change {
                files(&path, found);
            }
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
}

#[test]
fn a_hostile_course_changes_and_sends_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = Home::new();
    let folder = Scratch::new();
    folder.write(".ssh/authorized_keys", "ours");
    let victim = folder
        .path()
        .join(".ssh/authorized_keys")
        .display()
        .to_string();
    let attacks = ATTACKS
        .replace("file:/tmp/evil", &format!("file:{victim}"))
        .replace("127.0.0.1:9", &format!("127.0.0.1:{port}"));
    let connect = format!(
        "try {{ connect(\"mongodb://127.0.0.1:{port}/\").ping(); }} catch (err) {{ print(err.message); }}\n"
    );
    let import = format!(
        "try {{ import \"{victim}\" as keys; print(\"went through\"); }} catch (err) {{ print(err.message); }}\n"
    );
    let script = format!("{attacks}{connect}{import}");
    let exercise = exercise()
        .replace(EVIL, "")
        .replace("assert(done", &format!("{script}assert(done"));
    folder.write(
        "course/exercises/01_boat.rhai",
        exercise.replace("let done", "let never = 1;\nlet done"),
    );
    folder.write(
        "course/solutions/01_boat.rhai",
        "// %% Your part\nlet done = true;\n",
    );
    folder.write("course/lessons/01_boats.rhai", format!("// %% [markdown] lesson minutes=\"2\"\n// # 1. Boats\n//\n// Prose.\n\n// %% Step\n{script}"));
    folder.write("tests/x.rhai", &script);
    let mut before = BTreeMap::new();
    files(folder.path(), &mut before);
    for args in [
        &["exercise", "--course", "course", "--dir", "mine"][..],
        &["lesson", "1", "--no-pause", "--course", "course"],
        &["course", "check", "--quick", "course"],
        &["test", "tests"],
        &["run", "--confined", "tests/x.rhai"],
    ] {
        let mut command = home.command();
        command.arg("--quiet").args(args).current_dir(folder.path());
        let ran = RunOutput::from(command.output().unwrap());
        let shown = format!("{}{}", ran.out, ran.errors);
        // The lesson also shows its source, which contains the text.
        let outcomes: Vec<_> = shown.lines().filter(|line| !line.contains("│")).collect();
        assert!(
            !outcomes.join("\n").contains("went through"),
            "{args:?}: {shown}"
        );
        if !args.contains(&"check") {
            assert!(shown.contains("refused"), "{args:?}: {shown}");
            assert!(shown.contains("may not connect to"), "{args:?}: {shown}");
            assert!(shown.contains("out of reach"), "{args:?}: {shown}");
        }
        assert!(
            listener.accept().is_err(),
            "{args:?}: a connection was attempted"
        );
        let mut after = BTreeMap::new();
        files(folder.path(), &mut after);
        assert_eq!(after, before, "{args:?}");
    }
    home.wait_until_empty();
}
