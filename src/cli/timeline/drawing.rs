//! Draws recordings to their targets.

use std::fs::OpenOptions;
use std::path::Path;

use super::target::TimelineTarget;
use crate::error::{Error, Result, system_words};
use crate::record::Recording;
use crate::render::timeline::timeline_text;
use crate::render::{Printer, View};

/// Returns an error if a file cannot be written.
pub(in crate::cli) fn check(targets: &[TimelineTarget]) -> Result<()> {
    for target in targets {
        if let TimelineTarget::File { path, .. } = target {
            let opened = OpenOptions::new().create(true).append(true).open(path);
            opened.map_err(|error| cannot_write(path, &error))?;
        }
    }
    Ok(())
}

/// Draws a recording.
///
/// # Errors
/// `InvalidArgument` if a file cannot be written.
pub(in crate::cli) fn draw(
    recording: &Recording,
    targets: &[TimelineTarget],
    view: View,
    printer: &Printer,
) -> Result<()> {
    for target in targets {
        match target {
            TimelineTarget::Terminal => {
                let text = timeline_text(recording, view.width);
                // A closed output is not an error.
                let _ = printer.text(&view.for_output(&text));
            }
            TimelineTarget::File { path, format } => {
                let drawn = format.draw(recording);
                std::fs::write(path, drawn).map_err(|error| cannot_write(path, &error))?;
            }
        }
    }
    Ok(())
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Error {
    let (file, why) = (file.display(), system_words(error));
    Error::invalid_argument(format!("the timeline `{file}` cannot be written: {why}"))
        .hint("name a file in a folder that you can write to")
}
