//! Runs the learner's file once.

use super::context::LearnerContext;
use super::verdict;
use crate::api::run::event::{Event, Output};
use crate::course::exercise::{Composed, LearnerFolder, judge};
use crate::diagnose::explain_usage;
use crate::error::{ExitCode, Result};
use crate::render::{Format, Printer};

/// Copies the exercise if necessary, runs the learner's file, and reports what is still wrong.
///
/// # Errors
/// `InvalidArgument` if the file or the folder cannot be used.
pub(super) fn once(
    context: &mut LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
    edit: bool,
) -> Result<ExitCode> {
    let is_new = begin(context, learner_folder, at)?;
    if !context.is_for_programs() {
        introduce(context, at, is_new);
    }
    if edit {
        let file = learner_folder.file(context.exercise(at));
        context.host.open_editor(&file)?;
    }
    let composed = compose(context, learner_folder, at)?;
    let exercise = context.exercise(at);
    let (page, view) = (&context.page, context.page.view());
    let printer = page.printer();
    let output = output(printer, context.is_for_programs());
    let (session, _lock) = match context.host.open_run(exercise, output) {
        Ok(opened) => opened,
        Err(error) => return Ok(view.refused(&error, printer)),
    };
    context.host.end_on_signals(session.interrupt());
    let judged = judge(exercise, &composed, &session);
    let _ = printer.flush();
    let _ = page.write(&verdict::of(&judged, &composed, exercise, page));
    let code = view.close(printer, session.ending().is_some(), judged.outcome.exit);
    session.finish();
    if let Err(error) = context.host.finish_recording(session.recorder(), false) {
        page.report(&explain_usage(&error));
    }
    if judged.is_solved {
        solved(context, at);
    }
    if !context.is_for_programs() {
        let next = verdict::next_steps(context, learner_folder, at, judged.is_solved, is_new);
        let _ = context.page.write(&next);
    }
    Ok(code)
}

/// Writes the exercise's title, and the first time its story.
fn introduce(context: &LearnerContext, at: usize, is_new: bool) {
    // A closed output is not an error.
    let _ = context.page.write(&verdict::place(context, at));
    if is_new {
        let _ = context.page.write("\n");
        let _ = context.page.prose(&context.exercise(at).task());
        let _ = context.page.rule("your file, as it is");
    } else {
        let _ = context.page.write(&verdict::title(context, at));
    }
}

/// Returns the handler of the script's output. With `--json`, stdout contains only the verdict.
fn output(printer: &Printer, is_for_programs: bool) -> Output {
    let printer = printer.clone();
    let updates = printer.updates();
    Output::new(move |event| match event {
        Event::Print(value) if is_for_programs => {
            printer.say(&Format::Json.render(&value));
            Ok(())
        }
        event => printer.show(&event),
    })
    .with_updates(updates)
}

/// Makes this the current exercise and copies it if necessary. Returns whether it was copied.
///
/// # Errors
/// `InvalidArgument` if it cannot be written.
pub(super) fn begin(
    context: &mut LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> Result<bool> {
    let is_new = learner_folder.fetch(context.exercise(at))?;
    let name = context.exercise(at).name.clone();
    if context.progress.kept().current.as_ref() != Some(&name) {
        context.keep(|kept| kept.current = Some(name.clone()));
    }
    Ok(is_new)
}

/// Returns the learner's answer followed by the exercise's check.
///
/// # Errors
/// `InvalidArgument` if the file cannot be read, or redefines a function of the check.
pub(super) fn compose(
    context: &LearnerContext,
    learner_folder: &LearnerFolder,
    at: usize,
) -> Result<Composed> {
    let exercise = context.exercise(at);
    let answer = learner_folder.answer(exercise).map_err(|error| {
        let reset = context
            .commands
            .exercise(&format!("reset {}", context.short_name(at)));
        error.hint(format!("`{reset}` renames that file and starts again"))
    })?;
    exercise.compose(&answer)
}

/// Saves that an exercise is solved.
pub(super) fn solved(context: &mut LearnerContext, at: usize) {
    if context.is_solved(at) {
        return;
    }
    let name = context.exercise(at).name.clone();
    context.keep(|kept| kept.exercises.entry(name.clone()).or_default().solved = true);
}
