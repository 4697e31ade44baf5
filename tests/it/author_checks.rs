use std::fs;
use std::path::Path;

use crate::support::{Home, RunOutput, Scratch, shows, shows_normalised};

/// A course made by `course new`, and the program.
struct Author {
    folder: Scratch,
    home: Home,
}

impl Author {
    fn new() -> Self {
        let author = Self {
            folder: Scratch::new(),
            home: Home::new(),
        };
        let made = author.run(&["course", "new", "mine"]);
        assert_eq!((made.code, made.errors.as_str()), (Some(0), ""));
        author
    }

    fn run(&self, args: &[&str]) -> RunOutput {
        let mut command = self.home.command();
        command
            .arg("--quiet")
            .args(args)
            .current_dir(self.folder.path());
        command.output().unwrap().into()
    }

    /// Replaces a text in a file of the course.
    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join("mine").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

const EXERCISE: &str = "exercises/01_never_twice.rhai";
const SOLUTION: &str = "solutions/01_never_twice.rhai";

#[test]
fn a_new_course_passes_the_commands_of_the_guide() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authoring.md"));
    let author = Author {
        folder: Scratch::new(),
        home: Home::new(),
    };
    let guide = guide.unwrap();
    let commands: Vec<&str> = guide
        .lines()
        .skip_while(|line| !line.contains("```console first course"))
        .skip(1)
        .take_while(|line| !line.starts_with("```"))
        .filter_map(|line| line.strip_prefix("$ seaworthy "))
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command
            .split("  #")
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ran = author.run(&words);
        let fails = words == ["run", "my-course/exercises/01_never_twice.rhai"];
        assert_eq!(
            ran.code,
            Some(i32::from(fails)),
            "{command}: {}{}",
            ran.out,
            ran.errors
        );
    }
    author.home.wait_until_empty();
}

#[test]
fn a_folder_that_is_not_empty_is_not_changed() {
    let author = Author::new();
    let again = author.run(&["course", "new", "mine"]);
    assert_eq!(again.code, Some(2));
    assert!(
        again.errors.contains("`mine` is not empty"),
        "{}",
        again.errors
    );
    let file = author.folder.write("file", "");
    let over = author.run(&["course", "new", "file"]);
    assert_eq!(over.code, Some(2), "{}", over.out);
    assert_eq!(fs::read(file).unwrap(), b"");
}

#[test]
fn mutations_that_the_check_misses_are_shown() {
    let author = Author::new();
    // Two more statements that the check misses; the second one is marked as `any`.
    author.change(
        SOLUTION,
        "unique: true });",
        "unique: true });\n    stock.create_index(\"quantity\");\n    stock.create_index(\"shelf\"); // any: only for speed",
    );
    let ran = author.run(&["course", "check", "mine"]);
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    shows_normalised("author", "a_survivor", &ran.out);
    let quick = author.run(&["course", "check", "mine", "--quick", "--repeat", "2"]);
    assert_eq!(quick.code, Some(0), "{}", quick.out);
    shows_normalised("author", "quick_and_repeated", &quick.out);
}

#[test]
fn inconsistencies_in_a_course_are_reported() {
    let author = Author::new();
    author.change(EXERCISE, "> `stock` takes", "> `stock` still takes");
    author.change(EXERCISE, "// TODO: make", "// make");
    author.change(
        EXERCISE,
        "`create_index` takes options",
        "`create_idnex(keys)` takes options",
    );
    author.change(SOLUTION, "unique: true", "unique: false");
    author.folder.write(
        "mine/solutions/02_nothing.rhai",
        "// %% [markdown] solution\n",
    );
    author.folder.write("mine/exercises/notes.txt", "");
    author.folder.write("outside.rhai", "let x = 1;");
    std::os::unix::fs::symlink(
        author.folder.path().join("outside.rhai"),
        author.folder.path().join("mine/solutions/link.rhai"),
    )
    .unwrap();
    let ran = author.run(&["course", "check", "mine"]);
    assert_eq!(ran.code, Some(1), "{}", ran.errors);
    shows("author", "a_course_with_troubles", &ran.out);
    author.home.wait_until_empty();
}

#[test]
fn a_check_that_ends_early_or_never_is_reported() {
    let author = Author::new();
    author.change(
        SOLUTION,
        "stock.create_index(",
        "exit();\n    stock.create_index(",
    );
    let left = author.run(&["course", "check", "mine", "--quick"]);
    assert_eq!(left.code, Some(1));
    assert!(
        left.out.contains("ended before the check finished"),
        "{}",
        left.out
    );
    author.change(SOLUTION, "exit();", "loop {}");
    let endless = author.run(&["course", "check", "mine", "--quick", "--timeout", "1"]);
    assert_eq!(endless.code, Some(1));
    assert!(
        endless
            .out
            .contains("it does not end within its time limit"),
        "{}",
        endless.out
    );
}

#[test]
fn a_foreign_course_connects_to_no_other_server() {
    let author = Author::new();
    author.change(
        EXERCISE,
        "let stock = db.stock;",
        "connect(\"mongodb://db.invalid/\");\nlet stock = db.stock;",
    );
    let ran = author.run(&["course", "check", "mine", "--quick"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("may not connect to `db.invalid:27017`"),
        "{}",
        ran.out
    );
    let trusted = author.run(&["course", "check", "mine", "--quick", "--trust"]);
    assert_eq!(trusted.code, Some(0), "{}", trusted.out);
}

#[test]
fn a_check_that_cannot_start_is_one_clear_error() {
    let author = Author::new();
    author.folder.write("empty/exercises/x.txt", "");
    for (args, message) in [
        (
            &["course", "check", "nowhere"][..],
            "`nowhere` contains no exercises",
        ),
        (&["course", "check", "empty"], "contains no scripts"),
        (
            &["course", "check", "mine", "--filter", "zebra"],
            "no name of an exercise or a lesson contains `zebra`",
        ),
        (
            &["course", "check", "mine", "--uri", "mongodb://db.invalid"],
            "on their own servers",
        ),
    ] {
        let ran = author.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}{}", ran.out, ran.errors);
        assert!(ran.errors.contains(message), "{args:?}: {}", ran.errors);
    }
}
