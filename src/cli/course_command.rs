//! `seaworthy course`: what authors do with a course.

use super::low_args::CourseCommand;
use super::{Settings, Streams, View, usage};
use crate::error::{Error, ExitCode};

/// Does what was asked for.
pub fn run(settings: &Settings, command: &CourseCommand, view: View, streams: Streams) -> ExitCode {
    let _ = settings;
    let _ = command;
    usage::refuse(&Error::invalid_argument("x"), view, streams)
}
