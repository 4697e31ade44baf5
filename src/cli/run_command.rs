//! `seaworthy run` and `seaworthy eval`: run scripts in one session, each exercise in its own.

use std::path::{Path, PathBuf};

use super::settings::Settings;
use super::streams::Streams;
use super::streams::printer as printer_for;
use super::timeline::RunTimeline;
use super::{changes, session, signals, usage};
use crate::course::exercise::{self, Exercise, is_exercise, is_solution, judge};
use crate::diagnose::explain;
use crate::error::{ExitCode, Result};
use crate::render::highlight::{Palette, painted};
use crate::render::{Format, Printer, View};
use crate::repl::notes_of_code;
use crate::script::{self, LastValue, Outcome, Source};

/// Runs the scripts in `paths`. Reads all of them before running the first.
pub(super) fn run(
    settings: &Settings,
    paths: &[PathBuf],
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let pieces = read(paths, &mut streams).and_then(|sources| {
        for source in &sources {
            changes::check_source(settings, source)?;
        }
        pieces(sources)
    });
    let pieces = match pieces {
        Ok(pieces) => pieces,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let title: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let (settings, timeline) = match RunTimeline::start(settings, &title.join(" "), false) {
        Ok(started) => started,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let settings = &settings;
    let printer = printer_for(view, streams);
    let mut code = ExitCode::DONE;
    for piece in &pieces {
        let (ended, is_over) = match piece {
            Piece::Scripts(sources) => {
                run_sources(settings, sources, view, &printer, LastValue::Dropped)
            }
            Piece::Exercise(exercise, answer) => {
                run_exercise(settings, exercise, answer, view, &printer)
            }
        };
        code = ended;
        if code != ExitCode::DONE || is_over {
            break;
        }
    }
    timeline.finish(code, view, &printer)
}

/// A part of the run with its own session.
enum Piece {
    Scripts(Vec<Source>),
    /// An exercise with an answer: itself, or its solution.
    Exercise(Box<Exercise>, Source),
}

fn pieces(sources: Vec<Source>) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for source in sources {
        if is_exercise(source.text()) {
            let name = source.path().and_then(Path::file_stem).unwrap_or_default();
            let exercise = Exercise::read(&name.to_string_lossy(), source.clone())?;
            pieces.push(Piece::Exercise(Box::new(exercise), source));
        } else if is_solution(source.text()) {
            let exercise = exercise::solution_of(&source)?;
            pieces.push(Piece::Exercise(Box::new(exercise), source));
        } else if let Some(Piece::Scripts(together)) = pieces.last_mut() {
            together.push(source);
        } else {
            pieces.push(Piece::Scripts(vec![source]));
        }
    }
    Ok(pieces)
}

/// Runs an exercise with its own check on the server that its header asks for.
fn run_exercise(
    settings: &Settings,
    exercise: &Exercise,
    answer: &Source,
    view: View,
    printer: &Printer,
) -> (ExitCode, bool) {
    let composed = match exercise.compose(answer) {
        Ok(composed) => composed,
        Err(error) => return (view.refused(&error, printer), true),
    };
    let (settings, _lock) = session::for_exercise(settings, exercise);
    let session = match session::open(&settings, view, printer) {
        Ok(session) => session,
        Err(error) => return (view.refused(&error, printer), true),
    };
    signals::watch(session.interrupt());
    let outcome = judge(exercise, &composed, &session).outcome;
    tell(&outcome, view, printer);
    let is_over = session.ending().is_some();
    let code = view.close(printer, session.ending().is_some(), outcome.exit);
    session.finish();
    (code, is_over)
}

/// Runs code, and shows the value of its last expression.
pub(super) fn eval(settings: &Settings, code: &str, view: View, streams: Streams) -> ExitCode {
    // As at the prompt, `help` needs no parentheses.
    let code = if code.trim() == "help" {
        "help()"
    } else {
        code
    };
    let source = Source::code("<eval>", code);
    let (settings, timeline) = match RunTimeline::start(settings, "<eval>", false) {
        Ok(started) => started,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let printer = printer_for(view, streams);
    let (exit, _) = run_sources(&settings, &[source], view, &printer, LastValue::Shown);
    // For people, not for programs that read the output.
    if exit == ExitCode::DONE && view.errors_are_terminal && view.format == Format::Text {
        for note in notes_of_code(code) {
            printer.say(&view.coloured(&painted(&note, Palette::DIM)));
        }
    }
    timeline.finish(exit, view, &printer)
}

/// Runs scripts in order until one fails or calls `exit`.
///
/// Returns the exit code, and whether the session was ended.
fn run_sources(
    settings: &Settings,
    sources: &[Source],
    view: View,
    printer: &Printer,
    last: LastValue,
) -> (ExitCode, bool) {
    let session = match session::open(settings, view, printer) {
        Ok(session) => session,
        Err(error) => return (view.refused(&error, printer), true),
    };
    signals::watch(session.interrupt());
    let mut code = ExitCode::DONE;
    for source in sources {
        let outcome = script::run(source, &session, last);
        tell(&outcome, view, printer);
        code = outcome.exit;
        if code != ExitCode::DONE || session.ending().is_some() {
            break;
        }
    }
    let is_over = session.ending().is_some();
    let code = view.close(printer, session.ending().is_some(), code);
    session.finish();
    (code, is_over)
}

fn read(paths: &[PathBuf], streams: &mut Streams) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            sources.push(Source::stream("<stdin>", &mut streams.input)?);
            continue;
        }
        for file in script::expand(path)? {
            sources.push(Source::file(&file)?);
        }
    }
    Ok(sources)
}

/// Reports the failure of a script.
fn tell(outcome: &Outcome, view: View, printer: &Printer) {
    if let Some(failure) = &outcome.failure {
        printer.say(&view.report(&explain(failure)));
    }
}
