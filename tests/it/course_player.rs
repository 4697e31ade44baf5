use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{RunOutput, Scratch, command, shared_mongod, shows};

/// A course with its own data folder. Its lessons need no server.
struct Course {
    folder: Scratch,
}

const BOATS: &str = r#"// %% [markdown] lesson minutes="3"
// # 1. Boats
//
// They *float*, mostly.

// %% Build one
let boat = #{ name: "Fram", masts: 3 };
fn describe(boat) { `${boat.name} has ${boat.masts} masts` }
let louder = |text| text + "!";
print(describe(boat));

// %% [markdown]
// ## A closure of the step before

// %% Call it
print(louder.call(describe(boat)));
boat.masts += 1;

// %% [markdown] question
// What do boats do?
//
// - [x] They float.
//   > Archimedes knew.
// - [ ] They fly.
//   > Only *flying boats*.
// - [x] They carry people.
//   > And goods.
"#;

const STORM: &str = r#"// %% [markdown] lesson minutes="1"
// # 2. Storm
// %%
let calm = true;

// %% It breaks here
fn gust() {
    throw "the mast is gone";
}
gust();

// %% Afterwards
print(`calm: ${calm}`);
"#;

impl Course {
    fn new() -> Self {
        let folder = Scratch::new();
        folder.write("course/01_boats.rhai", BOATS);
        folder.write("course/02_stormy_weather.rhai", STORM);
        Self { folder }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(["lesson", "--course", "course"])
            .args(args)
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            // A confined run looks for `mongod` before the lesson starts.
            .env("SEAWORTHY_MONGOD", shared_mongod())
            .current_dir(self.folder.path());
        command
    }

    fn run(&self, args: &[&str]) -> RunOutput {
        self.command(args).output().unwrap().into()
    }

    /// Plays a lesson with these lines as input.
    fn typed(&self, args: &[&str], lines: &str) -> RunOutput {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(lines.as_bytes()).unwrap();
        drop(input);
        child.wait_with_output().unwrap().into()
    }

    fn progress_file(&self) -> std::path::PathBuf {
        self.folder
            .path()
            .join("data/seaworthy/progress/progress.json")
    }

    fn progress(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.progress_file()).unwrap()).unwrap()
    }
}

#[test]
fn a_lesson_runs_without_pauses() {
    let course = Course::new();
    let ran = course.run(&["1", "--no-pause"]);
    assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""));
    shows("lesson", "no_pause", &ran.out);
    // A demonstration changes no progress.
    assert!(!course.progress_file().exists());
    let stopped = course.typed(&["1"], "\n\nq\n");
    assert_eq!(stopped.code, Some(0));
    let before = course.progress();
    assert_eq!(course.run(&["1", "--no-pause", "--restart"]).code, Some(0));
    assert_eq!(course.progress(), before);
}

#[test]
fn a_lesson_is_played_with_typed_input() {
    let course = Course::new();
    // Runs steps, tries code, then answers partly, wrongly and correctly.
    let ran = course.typed(
        &["boats"],
        "\nt\nboat.masts\nlet x = [\n1,\n2]\nx\n\n?\n\n\nr\n\n1\n2\n1 3\n",
    );
    assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""));
    shows("lesson", "typed", &ran.out);
}

#[test]
fn a_stopped_lesson_continues_with_its_variables() {
    let course = Course::new();
    let stopped = course.typed(&["1"], "\n\nq\n");
    assert_eq!(stopped.code, Some(0));
    assert!(
        stopped.out.contains("Stopped at step 2 of 3"),
        "{}",
        stopped.out
    );
    let list = course.run(&[]);
    shows("lesson", "list", &list.out);

    let continued = course.typed(&["1"], "\n\n1 3\n");
    shows("lesson", "continued", &continued.out);
    assert!(continued.out.contains("Fram has 3 masts!"));
    assert!(
        !continued.out.contains("Fram has 3 masts\n"),
        "earlier steps run without output"
    );

    course.typed(&["1"], "\n\nq\n");
    let anew = course.typed(&["1", "--restart"], "q\n");
    assert!(anew.out.contains("step 1 of 3"), "{}", anew.out);
}

#[test]
fn the_end_of_input_saves_the_position() {
    let course = Course::new();
    let ran = course.typed(&["1"], "\n\n");
    assert_eq!(ran.code, Some(0));
    assert_eq!(course.progress()["lessons"]["01_boats"]["next"], 1);
}

#[test]
fn a_failed_step_can_be_repeated_or_skipped() {
    let course = Course::new();
    let ran = course.typed(&["stormy"], "\n\n\nr\n\n\n\n");
    assert_eq!(ran.code, Some(0));
    shows("lesson", "failed_step", &ran.errors);
    assert_eq!(ran.errors.matches("error[Thrown]").count(), 2);
    assert!(ran.out.contains("calm: true"), "{}", ran.out);

    let alone = course.run(&["stormy", "--no-pause"]);
    assert_eq!(alone.code, Some(1));
    assert!(!alone.out.contains("calm: true"));
}

#[test]
fn back_and_skip_do_not_run_code() {
    let course = Course::new();
    let ran = course.typed(&["1"], "s\nb\n\n\nq\n");
    assert_eq!(ran.out.matches("step 1 of 3").count(), 2);
    assert_eq!(ran.out.matches("Fram has 3 masts\n").count(), 1);
}

#[test]
fn unknown_names_get_a_suggestion() {
    let course = Course::new();
    for (name, args) in [
        ("unknown", &["bots"][..]),
        ("far_off", &["zebra"]),
        ("number", &["7"]),
    ] {
        let ran = course.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{name}");
        shows("lesson", name, &ran.errors);
    }
    course.folder.write("course/03_bad.rhai", "// %% [markdown] lesson\n// # 3\n// %% [markdown] question\n// Why?\n// - [ ] no\n//   > no\n");
    let ran = course.run(&[]);
    assert_eq!(ran.code, Some(2));
    shows("lesson", "bad_question", &ran.errors);
}

#[test]
fn lessons_change_only_allowed_servers() {
    let course = Course::new();
    let uri = "mongodb://ada:made-up-by-ada@db.invalid:27017/shop";
    let of_others = course.run(&["1", "--uri", uri]);
    assert_eq!((of_others.code, of_others.out.as_str()), (Some(2), ""));
    shows("lesson", "refused_of_others", &of_others.errors);
    let lesson = course.run(&["1", "--trust", "--uri", uri]);
    assert_eq!((lesson.code, lesson.out.as_str()), (Some(2), ""));
    shows("lesson", "refused", &lesson.errors);
    let wrong_host = course.run(&[
        "1",
        "--trust",
        "--uri",
        uri,
        "--allow-changes",
        "other.invalid",
    ]);
    assert_eq!(wrong_host.code, Some(2));
    let allowed = course.run(&[
        "1",
        "--no-pause",
        "--trust",
        "--uri",
        uri,
        "--allow-changes",
        "db.invalid",
    ]);
    assert_eq!(allowed.code, Some(0), "{}", allowed.errors);

    // `lesson` ignores the variable; `run` reads it and refuses.
    let mut unseen = course.command(&["1", "--no-pause"]);
    let unseen = RunOutput::from(unseen.env("MONGODB_URI", uri).output().unwrap());
    assert_eq!(unseen.code, Some(0), "{}", unseen.errors);
    let run = |args: &[&str]| {
        let mut run = command();
        run.arg("run")
            .args(args)
            .env("MONGODB_URI", uri)
            .current_dir(course.folder.path());
        RunOutput::from(run.output().unwrap())
    };
    let refused = run(&["course/01_boats.rhai"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    shows("lesson", "run_refused", &refused.errors);
    let allowed = run(&["course/01_boats.rhai", "--allow-changes", "db.invalid"]);
    assert_eq!(
        (allowed.code, allowed.out.as_str()),
        (Some(0), "Fram has 3 masts\nFram has 3 masts!\n")
    );
}
