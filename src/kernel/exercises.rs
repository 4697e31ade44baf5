use std::path::PathBuf;

use super::publisher::Publisher;
use crate::api::run::event::Output;
use crate::api::run::session::Session;
use crate::course::exercise::{Course, DatabaseLock, Exercise, ExerciseProgress, judge};
use crate::error::{Error, Result};
use crate::mongo::Interrupt;
use crate::render::{hints, prose_without_colours, verdict};
use crate::script::Source;

/// The width of a verdict and of a hint, in columns.
const WIDTH: usize = 80;

/// Opens a session for the run of an exercise.
type OpenRun =
    dyn Fn(&Exercise, Interrupt, Output) -> Result<(Session, Option<DatabaseLock>)> + Send;

/// Checks that an exercise may change the server.
type CheckChanges = dyn Fn(&str) -> Result<()> + Send;

/// What `:check` and `:hint` need of the program.
pub struct CourseAccess {
    pub open_run: Box<OpenRun>,
    pub check_changes: Box<CheckChanges>,
    /// The folder with the learner's progress.
    pub progress: Option<PathBuf>,
    /// The exercise of the open notebook, if Jupyter says which notebook that is.
    pub exercise: Option<String>,
}

impl CourseAccess {
    /// Returns the course, and the index of an exercise that a command names.
    fn find(&self, command: &str, name: &str) -> Result<(Course, usize)> {
        let course = Course::built_in()?;
        let named = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let name = named.or_else(|| self.exercise.clone()).ok_or_else(|| {
            Error::invalid_argument(format!(
                "`:{command}` needs the number or name of an exercise"
            ))
            .hint(format!("for example `:{command} 8`"))
        })?;
        let at = course.position(&name)?;
        Ok((course, at))
    }

    /// Returns the learner's progress, if there is a folder for it.
    fn progress(&self, course: &Course) -> Option<ExerciseProgress> {
        let folder = self.progress.as_ref()?;
        Some(ExerciseProgress::of(&course.id(), folder))
    }
}

/// Checks the code below `:check` as the answer to an exercise. Shows the verdict and what to do
/// next.
///
/// # Errors
/// `InvalidArgument` if there is no such exercise, and as for every session.
pub(super) fn check(
    access: &CourseAccess,
    session: &Session,
    publisher: &Publisher,
    cell: &str,
    code: &str,
) -> Result<()> {
    let first = code.lines().next().unwrap_or_default();
    let answer = format!("\n{}", code.get(first.len() + 1..).unwrap_or_default());
    let (course, at) = access.find("check", first)?;
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
    let mut progress = access.progress(&course);
    if judged.is_solved
        && let Some(progress) = &mut progress
    {
        let name = &exercise.name;
        progress.change(|kept| kept.exercises.entry(name.clone()).or_default().solved = true)?;
    }
    publisher.tell(
        "stdout",
        &next_step(&course, at, judged.is_solved, progress.as_ref()),
    );
    Ok(())
}

/// Returns the line below a verdict.
fn next_step(
    course: &Course,
    at: usize,
    is_solved: bool,
    progress: Option<&ExerciseProgress>,
) -> String {
    let exercises = course.exercises();
    let standing = |exercise: &Exercise| {
        let standing = progress.map(|progress| progress.standing(&exercise.name));
        standing.unwrap_or_default()
    };
    let exercise = &exercises[at];
    if !is_solved {
        let all = exercise.hints.len();
        return match all.saturating_sub(standing(exercise).hints) {
            0 => format!("  Stuck?    {}", solution(exercise)),
            left => format!(
                "  Stuck?    :hint {}  ({left} of {all} left)",
                short_name(exercise)
            ),
        };
    }
    let solved = exercises.iter().filter(|one| standing(one).solved).count();
    let mut others = exercises[at + 1..].iter().chain(&exercises[..at]);
    let next = match others.find(|one| !standing(one).solved) {
        Some(next) => format!("seaworthy notebook {}  {}", next.name, next.title),
        None => "nothing: all exercises are solved".to_owned(),
    };
    format!(
        "  Solved    {solved} of {}\n  Next      {next}\n  Compare   seaworthy exercise solution {}",
        exercises.len(),
        short_name(exercise)
    )
}

/// Shows the hints for an exercise that were shown before, and one more.
///
/// # Errors
/// `InvalidArgument` if there is no such exercise, or if it has no hints.
pub(super) fn hint(access: &CourseAccess, publisher: &Publisher, name: &str) -> Result<()> {
    let (course, at) = access.find("hint", name)?;
    let exercise = &course.exercises()[at];
    let count = exercise.hints.len();
    if count == 0 {
        let words = format!("`{}` has no hints", exercise.name);
        return Err(Error::invalid_argument(words));
    }
    let mut progress = access.progress(&course);
    let standing = progress
        .as_ref()
        .map(|progress| progress.standing(&exercise.name));
    let before = standing.unwrap_or_default().hints;
    let now = (before + 1).min(count);
    if let Some(progress) = &mut progress {
        let name = &exercise.name;
        progress.change(|kept| {
            let standing = kept.exercises.entry(name.clone()).or_default();
            standing.hints = standing.hints.max(now);
        })?;
    }
    let shown = hints::text(exercise, now, |text| prose_without_colours(text, WIDTH));
    publisher.tell("stdout", &shown);
    let left = hints::left(exercise, before, now, &solution(exercise));
    publisher.tell("stdout", &left);
    Ok(())
}

/// Returns the command that shows a solution.
fn solution(exercise: &Exercise) -> String {
    let name = short_name(exercise);
    format!("seaworthy exercise solution {name} --anyway")
}

/// Returns the number of an exercise, or its name if it has no number.
fn short_name(exercise: &Exercise) -> String {
    exercise.label().unwrap_or_else(|| exercise.name.clone())
}
