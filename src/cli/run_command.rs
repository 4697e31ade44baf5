//! `seaworthy run` and `seaworthy eval`: scripts one after another, on one session.

use std::path::PathBuf;

use super::{Settings, Streams, View, changes, session, signals, usage};
use crate::api::session::Session;
use crate::course::lesson::is_lesson;
use crate::error::{Error, ExitCode, Kind, Result};
use crate::render::{Printer, explain, explain_error};
use crate::script::{self, LastValue, Outcome, Source};

/// Runs the scripts that `paths` mean. All are read before the first one runs.
pub fn run(settings: &Settings, paths: &[PathBuf], view: View, mut streams: Streams) -> ExitCode {
    let sources = read(paths, &mut streams).and_then(|sources| {
        // All of them before the first one runs.
        let mut lessons = sources.iter().filter(|source| is_lesson(source.text()));
        lessons.try_for_each(|lesson| changes::check(settings, lesson.name()))?;
        Ok(sources)
    });
    match sources {
        Ok(sources) => run_sources(settings, &sources, view, streams, LastValue::Dropped),
        Err(error) => usage::refuse(&error, view, streams),
    }
}

/// Runs code as typed, and shows the value of its last expression.
pub fn eval(settings: &Settings, code: &str, view: View, streams: Streams) -> ExitCode {
    let source = Source::code("<eval>", code);
    run_sources(settings, &[source], view, streams, LastValue::Shown)
}

/// Runs scripts one after another, up to the first that fails or calls `exit`.
fn run_sources(
    settings: &Settings,
    sources: &[Source],
    view: View,
    streams: Streams,
    last: LastValue,
) -> ExitCode {
    let printer = view.printer(streams);
    let session = match session::open(settings, view, &printer) {
        Ok(session) => session,
        Err(error) => return refused(&error, view, &printer),
    };
    signals::watch(session.interrupt());
    let mut code = ExitCode::DONE;
    for source in sources {
        let outcome = script::run(source, &session, last);
        tell(&outcome, view, &printer);
        code = outcome.exit;
        if code != ExitCode::DONE || session.ending().is_some() {
            break;
        }
    }
    let code = close(&session, &printer, view, code);
    session.finish();
    code
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

/// Shows why a script failed, after everything it printed.
fn tell(outcome: &Outcome, view: View, printer: &Printer) {
    if let Some(failure) = &outcome.failure {
        printer.say(&view.report(&explain(failure)));
    }
}

/// What is still waiting is written; a disk that is full by then is an error of its own.
pub(super) fn close(session: &Session, printer: &Printer, view: View, code: ExitCode) -> ExitCode {
    match printer.flush() {
        Err(error)
            if error.kind() != std::io::ErrorKind::BrokenPipe && session.ending().is_none() =>
        {
            let error = Error::new(
                Kind::Server,
                format!("the output cannot be written: {error}"),
            );
            printer.say(&view.report(&usage::report(&error)));
            if code == ExitCode::DONE {
                ExitCode::THREW
            } else {
                code
            }
        }
        _ => code,
    }
}

/// The session could not be opened: the connection string is wrong, or there is no server.
pub(super) fn refused(error: &Error, view: View, printer: &Printer) -> ExitCode {
    printer.say(&view.report(&explain_error(error)));
    match error.kind() {
        Kind::InvalidUri | Kind::InvalidArgument => ExitCode::USAGE,
        _ => ExitCode::NO_SERVER,
    }
}
