//! One run of the learner's file.

use super::bench::Bench;
use super::verdict;
use crate::api::session::{Event, Output};
use crate::cli::{editor, run_command, session, signals};
use crate::course::exercise::{Composed, Desk, judge};
use crate::error::{ExitCode, Result};
use crate::render::{Format, Printer};

/// Copies the exercise if it is not there yet, runs the learner's file, and says what is still wrong.
///
/// # Errors
/// `InvalidArgument` where the file or the folder cannot be used.
pub fn once(bench: &mut Bench, desk: &Desk, at: usize, edit: bool) -> Result<ExitCode> {
    let is_new = begin(bench, desk, at)?;
    if !bench.is_for_programs() {
        introduce(bench, at, is_new);
    }
    if edit {
        let environment = &bench.settings.server.environment;
        editor::open(environment, &desk.file(bench.exercise(at)))?;
    }
    let composed = compose(bench, desk, at)?;
    let exercise = bench.exercise(at);
    let (page, view) = (&bench.page, bench.page.view());
    let printer = page.printer();
    let (settings, _claim) = session::for_exercise(&bench.settings, exercise);
    let output = output(printer, bench.is_for_programs());
    let session = match session::open_with(&settings, view, output) {
        Ok(session) => session,
        Err(error) => return Ok(run_command::refused(&error, view, printer)),
    };
    signals::watch(session.interrupt());
    let judged = judge(exercise, &composed, &session);
    let _ = printer.flush();
    let _ = page.write(&verdict::of(&judged, &composed, exercise, page));
    let code = run_command::close(&session, printer, view, judged.outcome.exit);
    session.finish();
    if judged.is_solved {
        solved(bench, at);
    }
    if !bench.is_for_programs() {
        let next = verdict::next_steps(bench, desk, at, judged.is_solved, is_new);
        let _ = bench.page.write(&next);
    }
    Ok(code)
}

/// Says which exercise it is, and to whoever sees it for the first time what it is about.
fn introduce(bench: &Bench, at: usize, is_new: bool) {
    // Whoever closed the pipe has seen enough.
    let _ = bench.page.write(&verdict::place(bench, at));
    if is_new {
        let _ = bench.page.write("\n");
        let _ = bench.page.prose(&bench.exercise(at).task());
        let _ = bench.page.rule("your file, as it is");
    } else {
        let _ = bench.page.write(&verdict::title(bench, at));
    }
}

/// Where the script's output goes. A program reads the verdict and nothing else where people read both.
fn output(printer: &Printer, is_for_programs: bool) -> Box<Output> {
    let printer = printer.clone();
    Box::new(move |event| match event {
        Event::Print(value) if is_for_programs => {
            printer.say(&Format::Json.render(&value));
            Ok(())
        }
        event => printer.show(&event),
    })
}

/// Makes the exercise the one that the learner is at, and copies it if it is not there yet: whether it was copied.
///
/// # Errors
/// `InvalidArgument` where it cannot be written.
pub fn begin(bench: &mut Bench, desk: &Desk, at: usize) -> Result<bool> {
    let is_new = desk.fetch(bench.exercise(at))?;
    let name = bench.exercise(at).name.clone();
    if bench.progress.kept().current.as_ref() != Some(&name) {
        bench.keep(|kept| kept.current = Some(name.clone()));
    }
    Ok(is_new)
}

/// What the learner wrote with the exercise's check behind it.
///
/// # Errors
/// `InvalidArgument` where the file cannot be read, or silences the check.
pub fn compose(bench: &Bench, desk: &Desk, at: usize) -> Result<Composed> {
    let exercise = bench.exercise(at);
    let answer = desk.answer(exercise).map_err(|error| {
        let reset = bench
            .commands
            .exercise(&format!("reset {}", bench.short_name(at)));
        error.hint(format!("`{reset}` keeps that file aside and begins anew"))
    })?;
    exercise.compose(&answer)
}

/// Remembers that an exercise was solved.
pub fn solved(bench: &mut Bench, at: usize) {
    if bench.is_solved(at) {
        return;
    }
    let name = bench.exercise(at).name.clone();
    bench.keep(|kept| kept.exercises.entry(name.clone()).or_default().solved = true);
}
