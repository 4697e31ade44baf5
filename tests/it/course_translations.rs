//! The solutions in other languages, run against the checks of their exercises.
//!
//! The check is a script of this program. A function of the learner is replaced by a call: a
//! worker in the other language reads it from the database, runs the solution, and writes the result.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use seaworthy::course::exercise::{Course, Exercise, Language};
use seaworthy::script::percent::cells;

use crate::support::{Home, RunOutput, Scratch, python_program};

const BRIDGE: &str = include_str!("../fixtures/bridge/bridge.rhai");

/// A worker, which ends when this is dropped.
struct Worker(Child);

impl Worker {
    fn start(mut command: Command, uri: &str, folder: &Path) -> Self {
        let mut child = command
            .args([uri.as_ref(), folder.as_os_str()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the worker did not start");
        Self(child)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_solution_in_pymongo_passes_its_check() {
    let mut command = Command::new(python_program());
    command.arg(fixture("worker.py"));
    passes(Language::Pymongo, command, Scratch::new());
}

#[test]
fn every_solution_in_node_passes_its_check() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/node_modules");
    assert!(tools.join("mongodb").exists(), "run `.ci/setup` first");
    // Node.js looks for packages in the folder of the script.
    let scratch = Scratch::new();
    std::os::unix::fs::symlink(tools, scratch.path().join("node_modules")).unwrap();
    let worker = scratch.path().join("worker.mjs");
    fs::copy(fixture("worker.mjs"), &worker).unwrap();
    let mut command = Command::new("node");
    command.arg(worker);
    passes(Language::Node, command, scratch);
}

/// Runs each check against the solution of the worker, and once against nothing.
fn passes(language: Language, command: Command, scratch: Scratch) {
    let course = Course::built_in().unwrap();
    let home = Home::new();
    let lease = home.join_ephemeral();
    let uri = lease.uri().expose();
    let mut count = 0;
    for exercise in course.exercises() {
        if let Some(text) = course.translated(exercise, language) {
            count += 1;
            let name = format!("{}.{}", exercise.name, language.ending());
            fs::write(scratch.path().join(name), text).unwrap();
        }
    }
    assert!(count >= 7, "only {count} solutions");
    let _worker = Worker::start(command, uri, scratch.path());
    for exercise in course.exercises() {
        if course.translated(exercise, language).is_none() {
            continue;
        }
        let file = scratch.write(&format!("{}.rhai", exercise.name), bridged(exercise));
        let mut command = home.command();
        command.args(["--quiet", "--timeout", "120", "--uri", uri]);
        command
            .args(["--db", &exercise.database(), "run"])
            .arg(&file);
        let ran = RunOutput::from(command.output().unwrap());
        assert_eq!(
            (ran.code, ran.errors.as_str()),
            (Some(0), ""),
            "{}",
            exercise.name
        );
    }
    drop(lease);
}

/// Returns the check of an exercise, with functions that ask the worker.
fn bridged(exercise: &Exercise) -> String {
    let text = exercise.source.text();
    let cells = cells(text);
    let part = cells.iter().find(|cell| cell.title == "Your part").unwrap();
    let check = cells.iter().find(|cell| cell.title == "Check").unwrap();
    let definitions = part
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("fn "));
    let shims: String = definitions
        .map(|line| {
            let (name, rest) = line.split_once('(').unwrap();
            let (parameters, _) = rest.split_once(')').unwrap();
            format!(
                "fn {name}({parameters}) {{ call_other({:?}, {name:?}, [{parameters}]) }}\n",
                exercise.name
            )
        })
        .collect();
    assert!(shims.contains("call_other"), "{}", exercise.name);
    format!("{BRIDGE}\n{shims}\n{}", check.body)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/bridge")
        .join(name)
}
