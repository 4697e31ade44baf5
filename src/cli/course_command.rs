//! `seaworthy course`, for course authors.

use std::io::Write;
use std::path::Path;

use super::course_args::CourseCommand;
use super::settings::Settings;
use super::streams::Streams;
use super::{check_command, usage};
use crate::authoring::first_course;
use crate::error::ExitCode;
use crate::render::View;

/// Runs a subcommand of `course`.
pub(super) fn run(
    settings: &Settings,
    command: &CourseCommand,
    view: View,
    streams: Streams,
) -> ExitCode {
    match command {
        CourseCommand::Check(check) => check_command::run(settings, check, view, streams),
        CourseCommand::New { folder } => new(folder, view, streams),
    }
}

/// Creates a small course.
fn new(folder: &Path, view: View, mut streams: Streams) -> ExitCode {
    match first_course::write(folder) {
        Ok(files) => {
            let shown = folder.display();
            let mut text = format!("`{shown}` now contains a small course:\n");
            for file in files {
                text.push_str(&format!("  {file}\n"));
            }
            text.push_str(&format!(
                "\n`seaworthy course check {shown}` checks it, `seaworthy test {shown}` runs its tests.\n"
            ));
            let _ = streams.out.write_all(text.as_bytes());
            let _ = streams.out.flush();
            ExitCode::DONE
        }
        Err(error) => usage::refuse(&error, view, streams),
    }
}
