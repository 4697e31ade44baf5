//! Draws a recording: one file for each form of a timeline.

mod chrome;
mod format;
mod html;
mod members;
mod opentelemetry;
mod svg;
mod text;
mod time;

pub use chrome::chrome_json;
pub use format::TimelineFormat;
pub use html::html as timeline_html;
pub use opentelemetry::opentelemetry_json;
pub use svg::svg as timeline_svg;
pub use text::timeline_text;
