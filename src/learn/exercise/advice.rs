//! Hints, solutions, and reset.

use std::fmt::Write;

use super::context::LearnerContext;
use super::verdict;
use crate::course::exercise::{Language, LearnerFolder, Standing};
use crate::error::{Error, ExitCode, Result};
use crate::learn::course_screen::CourseScreen;
use crate::render;

/// Shows the hints seen so far and one more.
///
/// # Errors
/// `InvalidArgument` if the exercise has none.
pub(super) fn hint(context: &mut LearnerContext, at: usize) -> Result<ExitCode> {
    let exercise = context.exercise(at);
    let (name, count) = (exercise.name.clone(), exercise.hints.len());
    if count == 0 {
        return Err(Error::invalid_argument(format!("`{name}` has no hints")));
    }
    let seen = context.progress.standing(&name).hints;
    let now = (seen + 1).min(count);
    context.keep(|kept| {
        let standing = kept.exercises.entry(name.clone()).or_default();
        standing.hints = standing.hints.max(now);
        kept.current = Some(name.clone());
    });
    let mut text = hints(context, at, now);
    let solution = context.commands.exercise("solution --anyway");
    let more = render::hints::left(context.exercise(at), seen, now, &solution);
    let _ = writeln!(text, "{}", verdict::quiet(&more));
    let _ = context.page.write(&text);
    Ok(ExitCode::DONE)
}

/// Returns the first `count` hints of an exercise.
pub(super) fn hints(context: &LearnerContext, at: usize, count: usize) -> String {
    let page = &context.page;
    render::hints::text(context.exercise(at), count, |markdown| {
        page.rendered(markdown, page.width())
    })
}

/// Shows the course's solution if the exercise is solved, or with `anyway`.
///
/// # Errors
/// `InvalidArgument` if the solution does not exist or cannot be read.
pub(super) fn solution(
    context: &mut LearnerContext,
    at: usize,
    anyway: bool,
    language: Option<Language>,
) -> Result<ExitCode> {
    let exercise = context.exercise(at);
    if !context.is_solved(at) && !anyway {
        let again = context.about(at, "solution --anyway");
        let words = format!(
            "`{}` is not solved yet.\n`{}` shows a hint, `{again}` shows the solution anyway.\n",
            exercise.title,
            context.about(at, "hint"),
        );
        let _ = context.page.write(&words);
        return Ok(ExitCode::THREW);
    }
    if let Some(language) = language {
        let text = translated(context, at, language)?;
        let _ = context.page.write(&text);
        return Ok(ExitCode::DONE);
    }
    let Some(solution) = context.course.solution(exercise)? else {
        return Err(Error::invalid_argument(format!(
            "the course has no solution for `{}`",
            exercise.name
        )));
    };
    let _ = context
        .page
        .write(&solution_text(solution.text(), &context.page));
    Ok(ExitCode::DONE)
}

/// Returns the solution in another language.
///
/// # Errors
/// `InvalidArgument` if the course has none; its hint names the exercises that have one.
fn translated(context: &LearnerContext, at: usize, language: Language) -> Result<String> {
    let course = &context.course;
    if let Some(text) = course.translated(context.exercise(at), language) {
        return Ok(text);
    }
    let exercises = course.exercises().iter();
    let have: Vec<String> = exercises
        .filter(|one| course.translated(one, language).is_some())
        .map(|one| one.label().unwrap_or_else(|| one.name.clone()))
        .collect();
    let name = language.folder();
    let error = Error::invalid_argument(format!(
        "the course has no solution for `{name}` of `{}`",
        context.exercise(at).name
    ));
    Err(match have.is_empty() {
        true => error,
        false => error.hint(format!("these exercises have one: {}", have.join(", "))),
    })
}

/// Returns a solution's prose and code, without the markers of its format.
fn solution_text(text: &str, page: &CourseScreen) -> String {
    use crate::script::percent::{CellKind, cells};
    let mut out = String::new();
    for cell in cells(text) {
        match cell.kind {
            CellKind::Markdown => {
                let _ = writeln!(out, "{}", page.rendered(&cell.prose(), page.width()));
            }
            CellKind::Code => {
                // Leave out the comments for `course check`.
                let lines = cell.body.trim().lines();
                let lines: Vec<&str> = lines
                    .filter(|line| !line.trim_start().starts_with("// mutation:"))
                    .map(|line| line.split("// any:").next().unwrap_or(line).trim_end())
                    .collect();
                let _ = writeln!(
                    out,
                    "{}\n",
                    render::highlight::highlight(&lines.join("\n"), &[])
                );
            }
        }
    }
    out
}

/// Resets the exercise, and writes the path of the old file.
///
/// # Errors
/// `InvalidArgument` if a file cannot be moved or written.
pub(super) fn reset(
    context: &mut LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> Result<ExitCode> {
    let words = start_over(context, learner_folder, at)?;
    let _ = context.page.write(&format!("{words}\n"));
    Ok(ExitCode::DONE)
}

/// Renames the learner's file and copies the exercise again. Returns a message.
///
/// # Errors
/// `InvalidArgument` if a file cannot be moved or written.
pub(super) fn start_over(
    context: &mut LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> Result<String> {
    let exercise = context.exercise(at);
    let name = exercise.name.clone();
    let file = learner_folder.file(exercise);
    let backup = learner_folder.reset(exercise)?;
    context.keep(|kept| {
        kept.exercises.insert(name.clone(), Standing::default());
        kept.current = Some(name.clone());
    });
    // Each path is on its own line, because paths are long and people copy them.
    Ok(match backup {
        Some(backup) => format!("Started again. Your old file is\n{}", backup.display()),
        None => format!("Started again:\n{}", file.display()),
    })
}

/// Writes that no other exercise is left.
pub(super) fn all_solved(context: &LearnerContext) -> ExitCode {
    let (solved, count) = (context.solved(), context.course.exercises().len());
    let words = if solved == count {
        format!("All {count} exercises are solved.\n")
    } else {
        format!(
            "All other exercises are solved. `{}` runs this one.\n",
            context.commands.exercise("")
        )
    };
    let _ = context.page.write(&words);
    ExitCode::DONE
}
