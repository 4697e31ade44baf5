use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use seaworthy::course::exercise::{Course, Exercise};

use crate::support::{Home, RunOutput, Scratch};

/// Runs at the same time. More do not help: a run mostly waits for a server or sleeps.
const PARALLEL_RUNS: usize = 3;
/// The minimum number of typical mistakes for each exercise.
const MISTAKES: usize = 5;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn course() -> Course {
    Course::in_folder(&root().join("scripts")).unwrap()
}

#[test]
fn every_lecture_has_exercises() {
    let course = course();
    let lectures: Vec<(&str, usize)> = course
        .lectures()
        .iter()
        .map(|(lecture, exercises)| (*lecture, exercises.len()))
        .collect();
    assert_eq!(
        lectures,
        [
            ("The language", 1),
            ("Documents, queries and updates", 2),
            ("Read concern, write concern, transactions", 2),
            ("Introduction", 1),
            ("Connection pooling", 3),
            ("Robust client configuration", 4),
            ("Writes with error handling", 3),
            ("Least privilege", 2),
            ("Change streams", 2),
        ]
    );
    for exercise in course.exercises() {
        assert!(course.solution(exercise).unwrap().is_some());
        assert!(exercise.hints.len() >= 2, "{}", exercise.name);
        assert!(exercise.learner_copy(false).contains("// TODO: "));
    }
}

#[test]
fn every_exercise_fails_with_its_stated_message() {
    let home = Home::new();
    let failures = in_parallel(course().exercises(), |exercise| {
        let file = root().join(format!("scripts/exercises/{}.rhai", exercise.name));
        let ran = run(&home, &file, &exercise.name, 1);
        if exercise.passes_as_shipped {
            return (ran.code != Some(0)).then(|| format!("{}: {ran:?}", exercise.name));
        }
        let message = exercise.shipped_message.as_deref().unwrap_or("nothing");
        expect(&ran, 1, &format!("AssertionFailed: {message}"))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_solution_passes_with_any_seed() {
    let home = Home::new();
    let failures = in_parallel(course().exercises(), |exercise| {
        let file = root().join(format!("scripts/solutions/{}.rhai", exercise.name));
        // On a shared server the second run finds the data of the first one.
        let mut seeds = if exercise.own_server { 2..=2 } else { 2..=3 };
        seeds.find_map(|seed| {
            let ran = run(&home, &file, &exercise.name, seed);
            let is_right = (ran.code, ran.errors.as_str()) == (Some(0), "");
            (!is_right).then(|| format!("{}, seed {seed}: {ran:?}", exercise.name))
        })
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Typical mistakes of learners. The first line of a file is the expected message; `…` stands for
/// text that differs from run to run.
#[test]
fn every_typical_mistake_is_detected() {
    let home = Home::new();
    let course = course();
    let folder = root().join("tests/fixtures/wrong_solutions");
    let mut jobs = Vec::new();
    let is_failing = |exercise: &&Exercise| !exercise.passes_as_shipped;
    for exercise in course.exercises().iter().filter(is_failing) {
        let files = files(&folder.join(&exercise.name));
        assert!(
            files.len() >= MISTAKES,
            "{}: {}",
            exercise.name,
            files.len()
        );
        jobs.extend(files.into_iter().map(|file| (exercise, file)));
    }
    let names: BTreeSet<&str> = course.exercises().iter().map(|one| &*one.name).collect();
    for stray in files(&folder) {
        let name = stray.file_name().unwrap().to_str().unwrap();
        assert!(names.contains(name), "no exercise is called `{name}`");
    }
    let failures = in_parallel(&jobs, |(exercise, file)| {
        let answer = fs::read_to_string(file).unwrap();
        let told = answer.lines().next().unwrap().trim_start_matches("// ");
        let scratch = Scratch::new();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let file = scratch.write("answer.rhai", with_answer(exercise, &answer));
        let database = format!("{}_{name}", exercise.label().unwrap());
        let ran = run(&home, &file, &database, 1);
        expect(&ran, 1, told).map(|failure| format!("{}/{name}: {failure}", exercise.name))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Returns the exercise with `answer` as the learner's part.
fn with_answer(exercise: &Exercise, answer: &str) -> String {
    let copy = exercise.learner_copy(true);
    let (story, rest) = copy.split_once("// %% Your part\n").unwrap();
    let (_, check) = rest.split_once("// %% Check\n").unwrap();
    format!("{story}// %% Your part\n{answer}\n// %% Check\n{check}")
}

/// Runs a script as a learner does. Each script has its own database.
fn run(home: &Home, file: &Path, database: &str, seed: u64) -> RunOutput {
    let seed = seed.to_string();
    let mut command = home.command();
    command.args(["--quiet", "--timeout", "120", "--seed", &seed]);
    command.args(["--db", database, "run"]).arg(file);
    command.output().unwrap().into()
}

/// Returns a description if the exit code or the message is not the expected one.
fn expect(ran: &RunOutput, code: i32, told: &str) -> Option<String> {
    let first = ran.errors.lines().next().unwrap_or_default();
    let said = first.replacen("error[", "", 1).replacen("]: ", ": ", 1);
    let is_right = ran.code == Some(code) && fits(&said, told);
    (!is_right).then(|| {
        format!(
            "expected {code} and\n  {told}\n{:?}:\n{}",
            ran.code, ran.errors
        )
    })
}

/// Whether the text matches the pattern; `…` matches any text.
fn fits(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn a_pattern_matches_the_whole_text() {
    assert!(fits("a b c", "a b c") && fits("a b c", "a … c") && fits("a b c", "… c"));
    assert!(!fits("a b c", "a b") && !fits("a b c", "b …") && !fits("a b c", "a … d"));
}

/// Runs the jobs in parallel and returns their messages.
fn in_parallel<T: Sync>(jobs: &[T], work: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let waiting = Mutex::new(jobs.iter());
    let next = || waiting.lock().unwrap().next();
    let said = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL_RUNS {
            scope.spawn(|| {
                while let Some(job) = next() {
                    if let Some(text) = work(job) {
                        said.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    said.into_inner().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("{}: {error}", folder.display());
    });
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
