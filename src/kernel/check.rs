use std::path::PathBuf;

use super::publisher::Publisher;
use crate::api::run::event::Output;
use crate::api::run::session::Session;
use crate::course::exercise::{Course, DatabaseLock, Exercise, ExerciseProgress, judge};
use crate::error::{Error, Result};
use crate::mongo::Interrupt;
use crate::render::verdict;
use crate::script::{Outcome, Source};

/// The width of a verdict, in columns.
const WIDTH: usize = 80;

/// Opens a session for the run of an exercise.
type OpenRun =
    dyn Fn(&Exercise, Interrupt, Output) -> Result<(Session, Option<DatabaseLock>)> + Send;

/// Checks that an exercise may change the server.
type CheckChanges = dyn Fn(&str) -> Result<()> + Send;

/// What `:check` needs of the program.
pub struct CourseAccess {
    pub open_run: Box<OpenRun>,
    pub check_changes: Box<CheckChanges>,
    /// The folder with the learner's progress.
    pub progress: Option<PathBuf>,
    /// The exercise of the open notebook, if Jupyter says which notebook that is.
    pub exercise: Option<String>,
}

/// Checks the code below `:check` as the answer to an exercise, and shows the verdict.
///
/// # Errors
/// `InvalidArgument` if there is no such exercise, and as for every session.
pub(super) fn check(
    access: &CourseAccess,
    session: &Session,
    publisher: &Publisher,
    cell: &str,
    code: &str,
) -> Result<Option<Outcome>> {
    let first = code.lines().next().unwrap_or_default();
    let answer = format!("\n{}", code.get(first.len() + 1..).unwrap_or_default());
    let course = Course::built_in()?;
    let named = Some(first.trim().to_owned()).filter(|name| !name.is_empty());
    let name = named.or_else(|| access.exercise.clone()).ok_or_else(|| {
        Error::invalid_argument("`:check` needs the number or name of an exercise")
            .hint("write `:check 8` above your answer")
    })?;
    let at = course.position(&name)?;
    let exercise = &course.exercises()[at];
    (access.check_changes)(&exercise.name)?;
    let composed = exercise.compose(&Source::code(cell, &answer))?;
    // A Stop that came before this cell does not end it.
    session.interrupt().rearm();
    let interrupt = session.interrupt().child();
    let (run, _lock) = (access.open_run)(exercise, interrupt, publisher.output())?;
    let judged = judge(exercise, &composed, &run);
    run.finish();
    let text = verdict::text(&judged, &composed, &exercise.title, (WIDTH, WIDTH));
    publisher.tell("stdout", &text);
    if judged.is_solved
        && let Some(folder) = &access.progress
    {
        let mut progress = ExerciseProgress::of(&course.id(), folder);
        let name = &exercise.name;
        progress.change(|kept| kept.exercises.entry(name.clone()).or_default().solved = true)?;
    }
    Ok(None)
}
