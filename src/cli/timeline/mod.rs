//! `--timeline` and `seaworthy timeline`: record runs and draw the recordings.

pub(super) mod command;
mod drawing;
mod run_timeline;
mod target;

pub(super) use drawing::{check, draw};
pub(super) use run_timeline::{RecordingPlace, RunTimeline, take_over};
pub use target::{TimelineArgs, TimelineTarget};
