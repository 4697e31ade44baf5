//! Turns the error that ended a script into a report.

use rhai::{Dynamic, EvalAltResult, ParseErrorType};

use super::frames::{frames, shown_at};
use super::report::{Report, SourceExcerpt};
use super::{function_text, newcomer, runtime_text};
use crate::api::run::explanation::CaughtIn;
use crate::api::run::termination::Termination;
use crate::engine::names::Names;
use crate::error::Error;
use crate::mongo::StopReason;
use crate::script::{Cause, Failure, Origin};
use crate::values::document::Document;
use crate::values::show;
use crate::values::thrown::{Explanation, innermost};

/// Returns the report on a script that failed.
pub fn explain(failure: &Failure) -> Report {
    match &failure.cause {
        Cause::Error(error) => {
            let mut report = explain_error(error);
            report.shown = error.place().map(|place| shown_at(&failure.origin, place));
            report
        }
        Cause::Rhai(error) => explain_rhai(&failure.origin, error),
    }
}

/// Returns the report on an error outside a script: wrong usage, no server.
pub fn explain_error(error: &Error) -> Report {
    Report {
        kind: Some(error.kind().name().to_owned()),
        message: error.message().to_owned(),
        shown: error.place().map(|place| SourceExcerpt {
            place: place.clone(),
            text: None,
        }),
        hints: error
            .hint_text()
            .map(ToOwned::to_owned)
            .into_iter()
            .collect(),
        error: Some(error.clone()),
        ..Report::default()
    }
}

/// Returns the report on an invalid command line.
///
/// It has no kind, because a script never sees this error.
pub fn explain_usage(error: &Error) -> Report {
    Report {
        kind: None,
        error: None,
        ..explain_error(error)
    }
}

/// Returns the message and the hint for an error of Rhai that a script catches.
pub fn explain_caught(error: &EvalAltResult, caught: &CaughtIn) -> Explanation {
    let mut names = Names::of(None);
    if let EvalAltResult::ErrorFunctionNotFound(signature, _) = innermost(error) {
        let name = function_text::parse(signature).name;
        for parameters in (caught.parameters)(name) {
            names.define(name, parameters);
        }
    }
    let origin = Origin {
        source: caught.source.to_owned(),
        texts: caught.texts.clone(),
        names,
    };
    let report = explain_rhai(&origin, error);
    Explanation {
        message: report.message,
        hint: report.hints.into_iter().next(),
    }
}

fn explain_rhai(origin: &Origin, error: &EvalAltResult) -> Report {
    let frames = frames(origin, error);
    let inner = innermost(error);
    let report = match inner {
        EvalAltResult::ErrorRuntime(value, _) => {
            explain_thrown(origin, value, frames.shown.as_ref())
        }
        EvalAltResult::ErrorTerminated(token, _) => explain_ending(token),
        EvalAltResult::ErrorParsing(..) => {
            titled("Syntax", runtime_text::message(inner, &origin.names))
        }
        _ => titled("Script", runtime_text::message(inner, &origin.names)),
    };
    let mut report = Report {
        callers: frames.callers,
        shown: report.shown.clone().or(frames.shown),
        ..report
    };
    if let Some(position) = frames.in_eval {
        let (line, column) = (
            position.line().unwrap_or(1),
            position.position().unwrap_or(1),
        );
        report.notes.push(format!(
            "in the text given to `eval`, line {line}, column {column}"
        ));
        return report;
    }
    if report.hints.is_empty() {
        report
            .hints
            .extend(newcomer::hint(origin, inner, report.shown.as_ref()));
    }
    if report.hints.is_empty() && misses_semicolon(inner) {
        // Rhai reports the first word of the next line; show the place of the missing semicolon.
        report.shown = report.shown.map(SourceExcerpt::at_the_line_before);
    }
    report
}

fn misses_semicolon(error: &EvalAltResult) -> bool {
    matches!(error, EvalAltResult::ErrorParsing(ParseErrorType::MissingToken(token, _), _) if token == ";")
}

/// Explains a thrown value: an `Error`, a string, Rhai's map for its own errors, or any other.
fn explain_thrown(origin: &Origin, value: &Dynamic, thrown: Option<&SourceExcerpt>) -> Report {
    if let Some(error) = value.read_lock::<Error>() {
        let mut report = explain_error(&error);
        report.shown = error.place().map(|place| shown_at(origin, place));
        let again = thrown.filter(|thrown| {
            report
                .shown
                .as_ref()
                .is_some_and(|shown| shown.place.line != thrown.place.line)
        });
        if let Some(again) = again {
            report
                .notes
                .push(format!("thrown again at {}", again.place));
        }
        return report;
    }
    let message = if value.is_unit() {
        "the script threw `()`".into()
    } else if let Some(text) = message_of(value) {
        text
    } else {
        show::print_text(value)
    };
    titled("Thrown", message)
}

/// Returns the field `message` of a thrown Document or map.
fn message_of(thrown: &Dynamic) -> Option<String> {
    let message = match thrown.read_lock::<Document>() {
        Some(document) => document.get("message").ok()??,
        None => thrown.read_lock::<rhai::Map>()?.get("message")?.clone(),
    };
    message.into_string().ok()
}

fn explain_ending(token: &Dynamic) -> Report {
    match token.read_lock::<Termination>().as_deref() {
        Some(Termination::Stopped(StopReason::TimedOut)) => Report {
            hints: vec!["raise the limit with `--timeout`, or with `--limit time=…` for untrusted scripts".into()],
            ..titled("TimedOut", "the time limit is reached")
        },
        Some(Termination::OutOfMemory { limit_mib }) => Report {
            hints: vec!["look for an array or a string that grows in a loop; `--limit memory=…` raises the limit".into()],
            ..titled(
                "Memory",
                format!("the script uses more than {limit_mib} MiB of memory"),
            )
        },
        Some(Termination::LimitExceeded(exceeded)) => Report {
            hints: vec![
                format!(
                    "untrusted scripts have limits; `--limit {}=…` raises this one",
                    exceeded.name()
                ),
            ],
            ..titled("Limit", exceeded.to_string())
        },
        Some(Termination::OutputFailed(why)) => {
            titled("Output", format!("the output cannot be written: {why}"))
        }
        _ => titled("Interrupted", "interrupted"),
    }
}

fn titled(kind: &str, message: impl Into<String>) -> Report {
    Report {
        kind: Some(kind.to_owned()),
        message: message.into(),
        ..Report::default()
    }
}
