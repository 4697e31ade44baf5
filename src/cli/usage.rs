//! Help texts and errors of the command line.

use std::ffi::OsString;
use std::io::Write;

use clap::error::ErrorKind;

use super::environment::Environment;
use super::streams::Streams;
use super::streams::view_of;
use crate::diagnose::Report;
use crate::diagnose::explain_usage;
use crate::error::redact;
use crate::error::{Error, ExitCode};
use crate::render::View;

/// Writes clap's message: help and version to stdout, errors to stderr.
pub(super) fn answer(
    error: &clap::Error,
    args: &[OsString],
    environment: &Environment,
    mut streams: Streams,
) -> ExitCode {
    let json = args
        .iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| arg == "--json");
    let view = view_of(json, environment, &streams);
    let styled = error.render().ansi().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let text = if view.out_colour {
            styled
        } else {
            anstream::adapter::strip_str(&styled).to_string()
        };
        // A closed pager is not an error.
        let _ = streams.out.write_all(text.as_bytes());
        let _ = streams.out.flush();
        return ExitCode::DONE;
    }
    let text = if json {
        in_one_line(&styled).to_json()
    } else {
        view.coloured(styled.trim_end())
    };
    // Clap quotes unknown arguments, which may contain a password.
    let _ = writeln!(streams.errors, "{}", redact(&text));
    ExitCode::USAGE
}

/// Writes a usage error.
pub(super) fn refuse(error: &Error, view: View, mut streams: Streams) -> ExitCode {
    let text = view.report(&explain_usage(error));
    let _ = writeln!(streams.errors, "{text}");
    ExitCode::USAGE
}

fn in_one_line(styled: &str) -> Report {
    let plain = anstream::adapter::strip_str(styled).to_string();
    let mut lines = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.next().unwrap_or_default();
    let hints = lines
        .filter_map(|line| line.strip_prefix("tip: "))
        .map(ToOwned::to_owned)
        .collect();
    Report {
        message: message.trim_start_matches("error: ").to_owned(),
        hints,
        ..Report::default()
    }
}
