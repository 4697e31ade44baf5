//! Draws a recording: one file for each form of a timeline.

mod chrome;
mod format;
mod opentelemetry;
mod text;

pub use chrome::chrome_json;
pub use format::TimelineFormat;
pub use opentelemetry::opentelemetry_json;
pub use text::timeline_text;
