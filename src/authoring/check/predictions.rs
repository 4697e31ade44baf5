use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::finding::Finding;
use super::temp_course::collect;
use crate::authoring::trial::child::{ChildExit, RunOutput};
use crate::authoring::trial::parallel_map;
use crate::authoring::trial::trial_runner::{TrialJob, TrialPlace, TrialRunner};
use crate::course::lesson::{Lesson, is_lesson};
use crate::error::{Error, Kind, Result};
use crate::script::percent::{CellKind, cells};

/// Runs the lessons that have predictions, and compares their values with the marked answers.
///
/// # Errors
/// `Server` if nothing can be run.
pub fn check_predictions(
    lessons: &[&Lesson],
    runner: &TrialRunner,
    seed: u64,
    limit: Duration,
    at_once: NonZeroUsize,
) -> Result<Vec<Finding>> {
    let lessons: Vec<&Lesson> = lessons
        .iter()
        .copied()
        .filter(|lesson| lesson.predictions().count() > 0)
        .collect();
    let run = |lesson: &&Lesson| {
        let folder = tempfile::tempdir().map_err(|error| no_room(&error))?;
        let script = write(lesson, folder.path()).map_err(|error| no_room(&error))?;
        runner.run(TrialJob {
            script: &script,
            place: TrialPlace::Server,
            seed,
            limit,
            json: true,
        })
    };
    let ran = parallel_map(at_once, &lessons, run, |_, _| {});
    let mut findings = Vec::new();
    for (lesson, ran) in lessons.iter().zip(ran) {
        findings.extend(judge(lesson, &ran?));
    }
    Ok(findings)
}

/// Writes the lesson with its asserts, and the modules that it may import.
fn write(lesson: &Lesson, folder: &Path) -> io::Result<PathBuf> {
    let mut modules = Vec::new();
    if let Some(root) = lesson.source.path().and_then(Path::parent) {
        let is_lesson = |inside: &Path| {
            fs::read_to_string(root.join(inside)).is_ok_and(|text| is_lesson(&text))
        };
        collect(root, root, &is_lesson, &mut modules)?;
    }
    for (path, bytes) in modules {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, bytes)?;
    }
    let script = folder.join(format!("{}.rhai", lesson.name));
    fs::write(&script, with_asserts(lesson))?;
    Ok(script)
}

/// Returns the lesson with an assert after the code of each predicted step, in its last line.
fn with_asserts(lesson: &Lesson) -> String {
    let mut text = String::new();
    let mut expected: Option<String> = None;
    let mut predictions = lesson.predictions();
    for cell in cells(lesson.source.text()) {
        let is_code = cell.kind == CellKind::Code;
        match expected.take().filter(|_| is_code) {
            Some(assert) => {
                text.push_str(cell.raw.trim_end());
                text.push_str(&assert);
            }
            None => text.push_str(cell.raw),
        }
        if cell.word() == Some("predict")
            && let Some((question, _)) = predictions.next()
        {
            let right = question.choices.iter().find(|choice| choice.is_right);
            let right = right.and_then(|choice| choice.code()).unwrap_or_default();
            let value = question.value.as_deref().unwrap_or_default();
            expected = Some(format!(
                "\n;{{ let shown = `${{({value})}}`; if shown != {right:?} {{ throw `the prediction is {right}, and the run shows ${{shown}}`; }} }}\n"
            ));
        }
    }
    text
}

fn judge(lesson: &Lesson, ran: &RunOutput) -> Option<Finding> {
    if ran.succeeded() {
        return None;
    }
    let how = match ran.end {
        ChildExit::TimedOut => "it does not end within its time limit".to_owned(),
        _ => ran.message(),
    };
    let file = format!("lessons/{}.rhai", lesson.name);
    Some(Finding::new(
        file,
        format!("its predictions do not come true: {how}"),
    ))
}

fn no_room(error: &io::Error) -> Error {
    Error::new(
        Kind::Server,
        format!("the lesson cannot be copied for its run: {error}"),
    )
    .hint("make room in the folder for temporary files, or set TMPDIR to another one")
}
