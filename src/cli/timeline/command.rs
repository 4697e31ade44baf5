//! `seaworthy timeline`: draws a stored recording.

use super::drawing::draw;
use super::target::TimelineTarget;
use crate::cli::settings::Settings;
use crate::cli::streams::{Streams, printer};
use crate::cli::usage;
use crate::error::{ExitCode, Result};
use crate::record::{Recording, StoredRecordings};
use crate::render::View;

/// Draws the recording `name` to `target`.
pub(in crate::cli) fn run(
    settings: &Settings,
    name: &str,
    target: &TimelineTarget,
    view: View,
    streams: Streams,
) -> ExitCode {
    let recording = match load(settings, name) {
        Ok(recording) => recording,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let printer = printer(view, streams);
    let drawn = draw(&recording, std::slice::from_ref(target), view, &printer);
    if let Err(error) = drawn {
        printer.say(&view.report(&crate::diagnose::explain_usage(&error)));
        return ExitCode::USAGE;
    }
    view.close(&printer, false, ExitCode::DONE)
}

fn load(settings: &Settings, name: &str) -> Result<Recording> {
    let state = settings.server.to_server_settings()?.folders.state;
    StoredRecordings::below(&state).load(name)
}
