//! `seaworthy doctor`: checks everything a private server needs.

use std::io::Write;

use super::kernel_command;
use super::settings::Settings;
use super::signals;
use super::start_progress::StartProgress;
use super::streams::Streams;
use crate::error::{ExitCode, visible_with_styles};
use crate::mongo::Interrupt;
use crate::render::View;
use crate::render::{Format, examination, examination_json};
use crate::server::{CheckResult, CheckStatus, examine};

/// Runs all checks and writes the results. Returns 1 if a check failed.
pub(super) fn run(settings: &Settings, view: View, mut streams: Streams) -> ExitCode {
    let interrupt = Interrupt::new(None);
    signals::watch(&interrupt);
    let progress = StartProgress::new(settings.server.quiet, view, &interrupt);
    let mut results = vec![CheckResult::well("versions", versions())];
    results.extend(kernel_command::examine(settings));
    match settings.server.to_server_settings() {
        Ok(server) => results.extend(examine(&server, &progress)),
        Err(error) => results.push(CheckResult::broken("folders", &error)),
    }
    drop(progress);
    if interrupt.stopped().is_some() {
        return ExitCode::INTERRUPTED;
    }
    show(&results, view, &mut streams)
}

/// Writes the results of checks. Returns 1 if one failed.
pub(super) fn show(results: &[CheckResult], view: View, streams: &mut Streams) -> ExitCode {
    let shown = match view.format {
        Format::Json => examination_json(results),
        _ => visible_with_styles(&examination(results, view.out_colour)).into_owned(),
    };
    // A closed output is not an error.
    let _ = writeln!(streams.out, "{shown}");
    if results
        .iter()
        .any(|result| result.health == CheckStatus::Broken)
    {
        return ExitCode::THREW;
    }
    ExitCode::DONE
}

fn versions() -> String {
    format!(
        "seaworthy {} for {}, mongodb driver {}, Rhai {}",
        env!("CARGO_PKG_VERSION"),
        env!("SEAWORTHY_TARGET"),
        env!("SEAWORTHY_DRIVER"),
        env!("SEAWORTHY_RHAI"),
    )
}
