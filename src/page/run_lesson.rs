use std::time::{Duration, Instant};

use super::output::{OutputLog, StepOutput};
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::course::lesson::{Lesson, Step};
use crate::diagnose::{Report, explain};
use crate::error::ExitCode;
use crate::record::Recording;
use crate::script::{LastValue, Stepwise};

/// What a lesson showed when it ran.
pub struct LessonRun {
    /// One for each step of the lesson; `None` for a step without code, and for steps that did not
    /// run.
    pub steps: Vec<Option<StepRun>>,
    pub duration: Duration,
    /// What the run did and when, if it was recorded.
    pub timeline: Option<Recording>,
    /// The exit code of the first step that failed.
    pub exit: ExitCode,
}

/// What one step showed.
pub struct StepRun {
    pub outputs: Vec<StepOutput>,
    pub failure: Option<Report>,
}

/// Runs the steps of a lesson one after another. A step that fails ends the run, except with
/// `keep_going`.
pub fn run_lesson(
    lesson: &Lesson,
    session: &Session,
    log: &OutputLog,
    keep_going: bool,
) -> LessonRun {
    let started = Instant::now();
    let mut failures = Vec::new();
    let mut exit = ExitCode::DONE;
    {
        let mut stage = Stepwise::new(&lesson.source, session);
        for (index, step) in lesson.steps.iter().enumerate() {
            let Step::Part { code, .. } = step else {
                failures.push(None);
                continue;
            };
            let Some(code) = code else {
                failures.push(None);
                continue;
            };
            log.begin(index);
            let outcome = stage.step(&lesson.source, &code.text, code.line, LastValue::Dropped);
            let failure = outcome.failure.as_ref().map(explain);
            let has_failed = failure.is_some();
            failures.push(Some(failure));
            if has_failed && exit == ExitCode::DONE {
                exit = outcome.exit;
            }
            let is_over = match session.ending() {
                None => false,
                // `exit` in a lesson ends only that step's code.
                Some(Termination::Exit(_)) => false,
                Some(_) => {
                    exit = outcome.exit;
                    true
                }
            };
            if is_over || (has_failed && !keep_going) {
                break;
            }
        }
    }
    // The updates of displays come when the last step has ended.
    let steps = failures.into_iter().enumerate().map(|(index, failure)| {
        failure.map(|failure| StepRun {
            outputs: log.of_step(index),
            failure,
        })
    });
    LessonRun {
        steps: steps.collect(),
        duration: started.elapsed(),
        timeline: None,
        exit,
    }
}
