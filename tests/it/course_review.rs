use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{RunOutput, Scratch, command};

/// A learner who has finished lesson 0.
struct Graduate {
    home: Scratch,
}

impl Graduate {
    fn new() -> Self {
        let home = Scratch::new();
        let done = json!({ "lessons": { "00_the_language": { "done": true, "right": [13] } } });
        home.write("data/seaworthy/progress/progress.json", done.to_string());
        Self { home }
    }

    fn run(&self, args: &[&str], typed: &str) -> RunOutput {
        let mut command = command();
        command
            .args(args)
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(typed.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    }

    fn progress(&self) -> Value {
        serde_json::from_str(&self.run(&["progress", "--json"], "").out).unwrap()
    }
}

#[test]
fn a_review_asks_each_question_until_its_next_day() {
    let graduate = Graduate::new();
    assert_eq!(graduate.progress()["due"], 3);
    // Right, wrong and then right, left.
    let ran = graduate.run(&["review"], "2\n1\n2\nq\n");
    assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""));
    assert!(
        ran.out.contains("0. The language in ten minutes · 1 of 3"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("`seaworthy review` continues here."),
        "{}",
        ran.out
    );
    assert_eq!(graduate.progress()["due"], 1);
    let ran = graduate.run(&["review"], "2\n");
    assert!(
        ran.out
            .contains("1 of 1 right at the first try; 0 more are due today."),
        "{}",
        ran.out
    );
    let ran = graduate.run(&["review"], "");
    assert!(
        ran.out.contains("There are no questions for today."),
        "{}",
        ran.out
    );
}

#[test]
fn progress_counts_lessons_questions_and_exercises() {
    let graduate = Graduate::new();
    let ran = graduate.run(&["progress"], "");
    assert_eq!((ran.code, ran.errors.as_str()), (Some(0), ""));
    for line in [
        "lessons finished:          1 of 9",
        "right at the first try:    1 of 3 questions",
        "exercises solved:          0 of 20",
        "questions due for review:  3",
    ] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    assert_eq!(graduate.progress()["lessons"][0]["done"], true);
}
