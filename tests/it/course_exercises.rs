use std::fs;
use std::path::PathBuf;

use seaworthy::course::exercise::Course;

use crate::support::{Home, RunOutput, Scratch, SharedServer, command, shows};

/// A small course: one exercise with a database, two without a server.
fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/course")
        .join(path)
}

fn course() -> Course {
    Course::in_folder(&fixture("")).unwrap()
}

/// Runs the course's file at `path`.
fn run_fixture(home: &Home, path: &str) -> RunOutput {
    run_in(home, &["run", path])
}

fn run_in(home: &Home, args: &[&str]) -> RunOutput {
    let mut command = home.command();
    command.arg("-q").args(args).current_dir(fixture(""));
    command.output().unwrap().into()
}

#[test]
fn exercises_fail_as_stated_and_solutions_pass() {
    let home = Home::new();
    for exercise in course().exercises() {
        let shipped = run_fixture(&home, &format!("exercises/{}.rhai", exercise.name));
        assert_eq!(shipped.code, Some(1), "{}", shipped.errors);
        let message = exercise.shipped_message.as_deref().unwrap();
        let first = shipped.errors.lines().next().unwrap();
        assert_eq!(first, format!("error[AssertionFailed]: {message}"));
        // Twice: data of the first run must not disturb the second one.
        for _ in 0..2 {
            let solved = run_fixture(&home, &format!("solutions/{}.rhai", exercise.name));
            assert_eq!((solved.code, solved.errors.as_str()), (Some(0), ""));
        }
        let shipped = run_fixture(&home, &format!("exercises/{}.rhai", exercise.name));
        assert_eq!(shipped.code, Some(1), "left-over data solves nothing");
    }
}

#[test]
fn a_folder_of_exercises_stops_at_the_first_failure() {
    let home = Home::new();
    let solved = run_in(&home, &["run", "solutions"]);
    assert_eq!((solved.code, solved.errors.as_str()), (Some(0), ""));
    let shipped = run_in(&home, &["run", "solutions/02_the_key.rhai", "exercises"]);
    assert_eq!(shipped.code, Some(1));
    assert_eq!(
        shipped.errors.matches("error[").count(),
        1,
        "{}",
        shipped.errors
    );
}

/// Runs the second exercise, which needs no server, with this learner's part.
fn with_part(part: &str) -> RunOutput {
    let folder = Scratch::new();
    let text = fs::read_to_string(fixture("exercises/02_the_key.rhai")).unwrap();
    let text = text.replace("let key = 1;", part);
    assert!(text.contains(part));
    folder.write("02_the_key.rhai", text);
    folder.seaworthy(&["run", "02_the_key.rhai"])
}

#[test]
fn a_learner_cannot_bypass_the_check() {
    assert_eq!(with_part("let key = 7;").code, Some(0));
    for (name, part) in [
        ("exit", "let key = 7; exit(0);"),
        ("return", "let key = 1; return 7;"),
        ("comment", "let key = 1; /* never mind"),
    ] {
        let ran = with_part(part);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.errors);
        assert!(
            ran.errors
                .contains("the script ended before the check finished"),
            "{name}: {}",
            ran.errors
        );
    }
    let silenced = with_part("let key = 1;\nfn assert(x, y) {}");
    assert_eq!(silenced.code, Some(2));
    shows("exercise", "silenced", &silenced.errors);
}

#[test]
fn an_invalid_exercise_names_what_is_missing() {
    let folder = Scratch::new();
    folder.write(
        "solutions/01_x.rhai",
        "// %% [markdown] solution\n// Easy.\n",
    );
    folder.write(
        "exercises/02_x.rhai",
        "// %% [markdown] exercise lecture=\"A\"\n// # X\n// %% Your part\nlet x = 1;\n",
    );
    for (name, file) in [
        ("lonely_solution", "solutions/01_x.rhai"),
        ("no_check", "exercises/02_x.rhai"),
    ] {
        let ran = folder.seaworthy(&["run", file]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}");
        shows("exercise", name, &ran.errors);
    }
}

#[test]
fn exercises_change_only_allowed_servers() {
    let uri = "mongodb://ada:made-up-by-ada@db.invalid:27017/shop";
    let run = |args: &[&str]| {
        let mut command = command();
        let file = fixture("exercises/02_the_key.rhai");
        command.args(args).arg("run").arg(file);
        RunOutput::from(command.output().unwrap())
    };
    let refused = run(&["--uri", uri]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    assert!(
        refused
            .errors
            .contains("is an exercise: it drops collections")
            && refused.errors.contains("--allow-changes db.invalid"),
        "{}",
        refused.errors
    );
    let allowed = run(&["--uri", uri, "--allow-changes", "db.invalid"]);
    assert_eq!(allowed.code, Some(1), "{}", allowed.errors);
}

/// On an allowed server, the database is the exercise's own or the named one.
#[test]
fn an_exercise_uses_only_its_database() {
    let server = SharedServer::get();
    let marker = server.eval("course_exercises_kept", "db.kept.insert_one(#{ _id: 1 });");
    assert_eq!(marker.code, Some(0), "{}", marker.errors);
    let ran = RunOutput::from(
        server
            .command("course_exercises_named")
            .arg("run")
            .arg(fixture("solutions/01_three_boats.rhai"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let count = server.eval("course_exercises_named", "db.boats.count_documents()");
    assert_eq!(count.out, "3\n");
    let kept = server.eval("course_exercises_kept", "db.kept.count_documents()");
    assert_eq!(kept.out, "1\n");
}
