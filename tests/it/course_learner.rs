use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use crate::support::{Home, Learner, RunOutput, shows};

/// Replaces the home folder, whose length changes the columns of the table.
fn plain(learner: &Learner, text: &str) -> String {
    text.replace(learner.home.path().to_str().unwrap(), "[HOME]")
}

fn see(learner: &Learner, name: &str, ran: &RunOutput, code: i32) {
    assert_eq!((ran.code, ran.errors.as_str()), (Some(code), ""), "{name}");
    shows("exercise", name, &plain(learner, &ran.out));
}

#[test]
fn a_learner_works_through_the_exercises() {
    let learner = Learner::new();
    see(&learner, "list_new", &learner.list(), 0);
    let first = learner.exercise(&["the_key", "--dir", "ex"]);
    see(&learner, "first", &first, 1);
    see(&learner, "not_solved", &learner.exercise(&[]), 1);
    see(&learner, "hint", &learner.exercise(&["hint"]), 0);
    see(&learner, "hint_last", &learner.exercise(&["hint"]), 0);
    see(&learner, "hint_no_more", &learner.exercise(&["hint"]), 0);
    see(&learner, "not_solved_no_hints", &learner.exercise(&[]), 1);
    let early = learner.exercise(&["solution"]);
    see(&learner, "solution_early", &early, 1);
    learner.edit(
        "02_the_key",
        "let key = 1;",
        "let key = 7;\nprint(`turned to ${key}`);",
    );
    see(&learner, "solved", &learner.exercise(&[]), 0);
    see(&learner, "solution", &learner.exercise(&["solution"]), 0);
    let insisted = learner.exercise(&["solution", "3", "--anyway"]);
    assert_eq!(insisted.code, Some(0));
    // After a solved exercise, `next` and no name both go to the next one.
    let next = learner.exercise(&["next"]);
    assert!(next.out.contains("The second key"), "{}", next.out);
    see(&learner, "list_under_way", &learner.list(), 0);
    learner.edit("03_the_second_key", "let key = 1;", "let key = 7;");
    let solved = learner.exercise(&["3"]);
    assert_eq!(solved.code, Some(0));
    let on = learner.exercise(&[]);
    assert!(on.out.contains("Three boats"), "{}", on.out);
    // The learner may go back, and solved exercises stay solved.
    let back = learner.exercise(&["2"]);
    assert_eq!(back.code, Some(0));
    assert_eq!(
        learner.progress()["exercises"]["02_the_key"]["solved"],
        true
    );
}

#[test]
fn the_database_decides_whether_an_exercise_is_solved() {
    let learner = Learner::new();
    let shipped = learner.exercise(&["1", "--dir", "ex"]);
    assert_eq!(shipped.code, Some(1), "{}", shipped.errors);
    assert!(
        shipped
            .out
            .contains("✗ `boats` holds 0 documents: 3 were to be moored"),
        "{}",
        shipped.out
    );
    let part = "fn moor(harbour) {\n}";
    learner.edit(
        "01_three_boats",
        part,
        "fn moor(harbour) {\n    print(\"3 boats are moored\");\n}",
    );
    assert_eq!(
        learner.exercise(&[]).code,
        Some(1),
        "printed text does not solve it"
    );
    let print = "    print(\"3 boats are moored\");\n";
    let insert =
        "    for name in [\"Fram\", \"Maud\", \"Gjøa\"] { harbour.boats.insert_one(#{ name }); }\n";
    let insert = insert.replace("#{ name }", "#{ name: name }");
    learner.edit("01_three_boats", print, &insert);
    for _ in 0..2 {
        let solved = learner.exercise(&["1"]);
        assert_eq!(solved.code, Some(0), "{}{}", solved.out, solved.errors);
    }
}

#[test]
fn after_the_last_exercise_the_course_is_finished() {
    let learner = Learner::new();
    fs::remove_file(
        learner
            .home
            .path()
            .join("course/exercises/01_three_boats.rhai"),
    )
    .unwrap();
    for number in ["2", "3"] {
        learner.exercise(&[number, "--dir", "ex"]);
    }
    learner.edit("02_the_key", "let key = 1;", "let key = 7;");
    learner.edit("03_the_second_key", "let key = 1;", "let key = 7;");
    assert_eq!(learner.exercise(&["2"]).code, Some(0));
    see(&learner, "solved_last", &learner.exercise(&["3"]), 0);
    see(&learner, "list_solved", &learner.list(), 0);
    let next = learner.exercise(&["next"]);
    assert_eq!(
        (next.code, next.out.as_str()),
        (Some(0), "All 2 exercises are solved.\n")
    );
}

#[test]
fn a_reset_keeps_a_backup_of_each_answer() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    let shipped = fs::read_to_string(learner.file("02_the_key")).unwrap();
    assert!(
        !shipped.contains("hint") && shipped.contains("// TODO:"),
        "{shipped}"
    );
    for mine in ["let key = 2;", "let key = 3;"] {
        learner.edit("02_the_key", "let key = 1;", mine);
        let reset = learner.exercise(&["reset"]);
        assert_eq!(reset.code, Some(0), "{}", reset.errors);
        assert_eq!(
            fs::read_to_string(learner.file("02_the_key")).unwrap(),
            shipped
        );
    }
    let folder = learner.home.path().join("ex");
    let backup = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert!(backup("02_the_key.rhai.bak").contains("let key = 2;"));
    assert!(backup("02_the_key.rhai.bak2").contains("let key = 3;"));
    // A reset clears the hints and the result; deleted files are copied again.
    learner.edit("02_the_key", "let key = 1;", "let key = 7;");
    learner.exercise(&["2"]);
    see(&learner, "reset", &learner.exercise(&["reset"]), 0);
    assert_eq!(
        learner.progress()["exercises"]["02_the_key"]["solved"],
        false
    );
    fs::remove_dir_all(&folder).unwrap();
    let again = learner.exercise(&[]);
    assert_eq!(again.code, Some(1));
    assert_eq!(
        fs::read_to_string(learner.file("02_the_key")).unwrap(),
        shipped
    );
}

#[test]
fn a_copy_has_the_check_only_if_the_learner_asks_for_it() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    let file = learner.file("02_the_key");
    let copy = || std::fs::read_to_string(&file).unwrap();
    let short = copy();
    assert!(
        short.ends_with("\n// `seaworthy exercise` runs this file and checks it.\n"),
        "{short}"
    );
    assert!(!short.contains("assert("), "{short}");
    learner.exercise(&["reset", "2", "--with-check"]);
    assert!(copy().contains("// %% Check\nassert("));
    let backup = std::fs::read_to_string(file.with_extension("rhai.bak"));
    assert_eq!(backup.unwrap(), short);
}

#[test]
fn a_changed_check_in_the_copy_is_ignored() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex", "--with-check"]);
    learner.edit("02_the_key", "assert(key == 7", "assert(key == 1");
    see(&learner, "check_changed", &learner.exercise(&[]), 1);
    learner.edit(
        "02_the_key",
        "let key = 1;",
        "let key = 1;\nlet x = key.turn(7);",
    );
    see(&learner, "script_error", &learner.exercise(&[]), 1);
}

#[test]
fn wrong_usage_names_the_solution() {
    let learner = Learner::new();
    let refused = |name: &str, args: &[&str]| {
        let ran = learner.exercise(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}");
        shows("exercise", name, &plain(&learner, &ran.errors));
    };
    refused("no_folder", &["2"]);
    refused("no_terminal", &["watch", "2", "--dir", "ex"]);
    refused("unknown", &["lighthouse"]);
    refused("misspelt", &["bots"]);
    refused("ambiguous", &["key"]);
    refused("two_names", &["2", "hint", "3"]);
    refused("next_with_name", &["2", "next"]);
    refused("database", &["2", "--db", "mine"]);
    refused("folder_in_course", &["2", "--dir", "course/mine"]);
    refused(
        "folder_is_file",
        &["2", "--dir", "course/exercises/02_the_key.rhai"],
    );
    refused(
        "uri",
        &["2", "--uri", "mongodb://ada:made-up-by-ada@db.invalid"],
    );
    let course = RunOutput::from(learner.command(&["--course", "nowhere"]).output().unwrap());
    assert_eq!(course.code, Some(2));
    learner.exercise(&["2", "--dir", "ex"]);
    let other = learner.home.path().join("course");
    let copy = learner.home.path().join("other/exercises");
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    fs::rename(other.join("exercises"), &copy).unwrap();
    let mut taken = crate::support::command();
    taken
        .args(["exercise", "2", "--course", "other", "--dir", "ex"])
        .env("XDG_DATA_HOME", learner.home.path().join("data"))
        .current_dir(learner.home.path());
    let taken = RunOutput::from(taken.output().unwrap());
    assert_eq!(taken.code, Some(2));
    shows("exercise", "folder_taken", &plain(&learner, &taken.errors));
}

#[test]
fn an_unusable_file_is_one_clear_error() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    let file = learner.file("02_the_key");
    let cases: [(&str, &[u8]); 3] = [
        ("file_binary", b"\xff\xfe\x00"),
        ("file_zero", b"let key = 7;\0"),
        ("file_broken", b"let key = ;\n"),
    ];
    for (name, text) in cases {
        fs::write(&file, text).unwrap();
        let ran = learner.exercise(&[]);
        assert_eq!(ran.code, Some(2), "{name}: {}", ran.out);
        shows(
            "exercise",
            name,
            &plain(&learner, &format!("{}{}", ran.out, ran.errors)),
        );
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let folder = learner.exercise(&[]);
    assert_eq!(folder.code, Some(2));
    shows("exercise", "file_folder", &plain(&learner, &folder.errors));
    let reset = learner.exercise(&["reset"]);
    assert_eq!(reset.code, Some(0), "{}", reset.errors);
    assert_eq!(learner.exercise(&[]).code, Some(1));
}

#[test]
fn an_exercise_named_like_a_command_can_be_run() {
    let learner = Learner::new();
    let course = learner.home.path().join("course/exercises");
    fs::rename(course.join("02_the_key.rhai"), course.join("02_hint.rhai")).unwrap();
    for args in [&["2", "--dir", "ex"][..], &["--", "hint"], &["02_hint"]] {
        let ran = learner.exercise(args);
        assert_eq!(ran.code, Some(1), "{args:?}: {}", ran.errors);
        assert!(
            ran.out.contains("the key stands at 1"),
            "{args:?}: {}",
            ran.out
        );
    }
    let hint = learner.exercise(&["hint", "hint"]);
    assert!(hint.out.contains("Hint 1 of 2"), "{}", hint.out);
}

#[test]
fn edit_opens_the_editor_before_the_run() {
    let learner = Learner::new();
    let editor = learner
        .home
        .write("editor", "#!/bin/sh\nsed -i 's/key = 1/key = 7/' \"$2\"\n");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = learner.command(&["2", "--dir", "ex", "--edit"]);
    command.env("VISUAL", format!("{} --wait", editor.display()));
    let ran = RunOutput::from(command.output().unwrap());
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    let mut command = learner.command(&["3", "--edit"]);
    command.env("EDITOR", "/nowhere/editor");
    let ran = RunOutput::from(command.output().unwrap());
    assert_eq!(ran.code, Some(2));
    shows("exercise", "no_editor", &ran.errors);
}

#[test]
fn a_foreign_course_stays_on_its_own_server() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    let elsewhere = "connect(\"mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100\").ping();";
    learner.edit(
        "02_the_key",
        "let key = 1;",
        &format!("let key = 7;\n{elsewhere}"),
    );
    let confined = learner.exercise(&[]);
    assert_eq!(confined.code, Some(1));
    assert!(
        confined.out.contains("may not connect to"),
        "{}",
        confined.out
    );
    let trusted = learner.exercise(&["--trust"]);
    assert_eq!(trusted.code, Some(3), "the script looks for the server");
    assert!(
        trusted.out.contains("error[ServerSelectionTimeout]"),
        "{}",
        trusted.out
    );
}

#[test]
fn a_full_disk_loses_no_progress() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    learner.exercise(&["hint"]);
    learner.edit("02_the_key", "let key = 1;", "let key = 7;");
    let before = fs::read_to_string(learner.progress_file()).unwrap();
    // No file may grow, so that writing fails as on a full disk.
    let mut command = std::process::Command::new("bash");
    command
        .args(["-c", "ulimit -f 0; trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_seaworthy"))
        .args(["-q", "exercise", "--course", "course", "2"])
        .env("XDG_DATA_HOME", learner.home.path().join("data"))
        .env("XDG_STATE_HOME", learner.home.path().join("state"))
        .env("XDG_CACHE_HOME", learner.home.path().join("cache"))
        .current_dir(learner.home.path());
    let full = RunOutput::from(command.output().unwrap());
    assert_eq!(full.code, Some(0), "{}{}", full.out, full.errors);
    assert!(full.out.contains("Solved"), "{}", full.out);
    shows("exercise", "full_disk", &plain(&learner, &full.errors));
    assert_eq!(fs::read_to_string(learner.progress_file()).unwrap(), before);
    let folder = learner.progress_file();
    let left = fs::read_dir(folder.parent().unwrap()).unwrap().count();
    assert_eq!(left, 2, "only the file and its lock");
    // The run works again when the disk has space.
    assert_eq!(learner.exercise(&["2"]).code, Some(0));
    assert_eq!(
        learner.progress()["exercises"]["02_the_key"]["solved"],
        true
    );
    assert_eq!(learner.progress()["exercises"]["02_the_key"]["hints"], 1);
}

#[test]
fn a_killed_program_leaves_valid_progress() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    learner.edit("02_the_key", "let key = 1;", "let key = 7;");
    assert_eq!(learner.exercise(&["2"]).code, Some(0));
    let started = Instant::now();
    learner.exercise(&["hint", "3"]);
    let whole = started.elapsed();
    for round in 0..40 {
        // Each round kills the program at a later moment.
        let command = if round % 2 == 0 { "reset" } else { "hint" };
        let mut child = learner
            .command(&[command, "3"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(whole * round / 32);
        let _ = child.kill();
        child.wait().unwrap();
        let kept = learner.progress();
        assert_eq!(kept["exercises"]["02_the_key"]["solved"], true, "{kept}");
        assert!(kept["folder"].as_str().unwrap().ends_with("/ex"), "{kept}");
    }
    let file = learner.file("03_the_second_key");
    let text = fs::read_to_string(file).unwrap_or_default();
    assert!(
        text.is_empty() || text.ends_with("runs this file and checks it.\n"),
        "partial file: {text}"
    );
}

#[test]
fn two_terminals_keep_each_others_progress() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    thread::scope(|scope| {
        for name in ["1", "2", "3"] {
            let learner = &learner;
            scope.spawn(move || {
                for _ in 0..2 {
                    assert_eq!(learner.exercise(&["hint", name]).code, Some(0));
                }
            });
        }
    });
    let kept = learner.progress();
    for name in ["01_three_boats", "02_the_key", "03_the_second_key"] {
        assert_eq!(kept["exercises"][name]["hints"], 2, "{kept}");
    }
}

#[test]
fn unreadable_progress_is_renamed() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    fs::write(learner.progress_file(), "{ \"exercises\": ").unwrap();
    let ran = learner.exercise(&["2", "--dir", "ex"]);
    assert_eq!((ran.code, ran.errors.as_str()), (Some(1), ""));
    let aside = learner.progress_file().with_extension("json.broken");
    assert_eq!(fs::read_to_string(aside).unwrap(), "{ \"exercises\": ");
    assert_eq!(learner.progress()["current"], "02_the_key");
}

/// An answer that synchronises two runs: both start before the first boat is stored, and both have
/// stored their boats before the first check.
const TOGETHER: &str = r#"fn meet(guests, count) {
    guests.insert_one(#{});
    while guests.count_documents() < count { sleep(0.01); }
}
fn moor(harbour) {
    let guests = client.database("meeting").guests;
    meet(guests, 2);
    for name in ["Fram", "Maud", "Gjøa"] { harbour.boats.insert_one(#{ name: name }); }
    meet(guests, 4);
}"#;

#[test]
fn two_parallel_runs_of_an_exercise_are_independent() {
    let learner = Learner::new();
    let home = Home::new();
    // The learner's own server, which both runs share.
    let run = || {
        let mut command = home.command();
        command
            .args(["-q", "--timeout", "60", "exercise", "1"])
            .args(["--course", "course", "--trust", "--dir", "ex"])
            .current_dir(learner.home.path());
        command
    };
    let shipped = RunOutput::from(run().output().unwrap());
    assert_eq!(shipped.code, Some(1), "{}", shipped.errors);
    learner.edit("01_three_boats", "fn moor(harbour) {\n}", TOGETHER);
    thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| RunOutput::from(run().output().unwrap())));
        for ran in runs {
            let ran = ran.join().unwrap();
            assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
        }
    });
    home.wait_until_empty();
}

/// The only line that a run with `--json` writes.
fn verdict(ran: &RunOutput) -> serde_json::Value {
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_verdict_is_available_as_json() {
    let learner = Learner::new();
    let shipped = learner.exercise(&["2", "--dir", "ex", "--json"]);
    assert_eq!((shipped.code, shipped.errors.as_str()), (Some(1), ""));
    shows(
        "exercise",
        "json_not_solved",
        &plain(&learner, &shipped.out),
    );
    assert_eq!(verdict(&shipped)["passed"], false);
    learner.edit("02_the_key", "let key = 1;", "let key = ;");
    let broken = verdict(&learner.exercise(&["--json"]));
    assert_eq!(broken["passed"], false);
    assert_eq!(broken["error"]["kind"], "Syntax", "{broken}");
    // The output of the script is separate from the verdict.
    let solved = "let key = 7;\nprint(`turned to ${key}`);";
    learner.edit("02_the_key", "let key = ;", solved);
    let ran = learner.exercise(&["--json"]);
    assert_eq!(
        (ran.code, ran.errors.as_str()),
        (Some(0), "\"turned to 7\"\n")
    );
    shows("exercise", "json_solved", &plain(&learner, &ran.out));
    assert_eq!(verdict(&ran)["passed"], true);
    let next = learner.exercise(&["next", "--json"]);
    assert_eq!(verdict(&next)["exercise"], "03_the_second_key");
    let list = verdict(&RunOutput::from(
        learner.list_command().arg("--json").output().unwrap(),
    ));
    let listed = &list["exercises"][1];
    assert_eq!(listed["exercise"], "02_the_key");
    assert_eq!(
        (&listed["solved"], &listed["current"]),
        (&true.into(), &false.into())
    );
    for work in ["hint", "reset", "solution", "watch"] {
        let refused = learner.exercise(&[work, "--json"]);
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
        let error: serde_json::Value = serde_json::from_str(&refused.errors).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`exercise {work}`")), "{error}");
    }
}

#[test]
fn progress_of_an_earlier_version_is_moved() {
    let learner = Learner::new();
    learner.exercise(&["2", "--dir", "ex"]);
    let now = learner.progress_file();
    let earlier = now
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("progress.json");
    fs::rename(&now, &earlier).unwrap();
    let listed = learner.list();
    assert_eq!(listed.code, Some(0), "{}", listed.errors);
    assert!(now.exists() && !earlier.exists());
    assert_eq!(
        learner.exercise(&["2"]).code,
        Some(1),
        "the folder is still known"
    );
}
