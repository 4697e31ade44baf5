use std::path::Path;

use super::{chrome_json, opentelemetry_json, timeline_html, timeline_svg};
use crate::error::{Error, Result};
use crate::record::Recording;

/// The forms of a timeline in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineFormat {
    /// A page for a browser.
    Html,
    /// A picture.
    Svg,
    /// For Chrome and Perfetto.
    Chrome,
    /// For OpenTelemetry.
    OpenTelemetry,
}

/// The endings of file names and their forms.
const ENDINGS: &[(&str, TimelineFormat, &str)] = &[
    ("html", TimelineFormat::Html, "a page for a browser"),
    ("svg", TimelineFormat::Svg, "a picture"),
    ("json", TimelineFormat::Chrome, "Chrome and Perfetto"),
    ("jsonl", TimelineFormat::OpenTelemetry, "OpenTelemetry"),
];

impl TimelineFormat {
    /// Returns the form that the ending of a file name asks for.
    ///
    /// # Errors
    /// `InvalidArgument` with the list of endings.
    pub fn of(file: &Path) -> Result<Self> {
        let ending = file.extension().unwrap_or_default();
        let known = ENDINGS
            .iter()
            .find(|(name, ..)| ending.eq_ignore_ascii_case(name));
        known.map(|(_, format, _)| *format).ok_or_else(|| {
            let known = ENDINGS.iter();
            let endings: Vec<String> = known
                .map(|(name, _, reader)| format!("`.{name}` ({reader})"))
                .collect();
            Error::invalid_argument(format!(
                "the ending of the file names no form of timeline: use {}, or `-` for the terminal",
                endings.join(", ")
            ))
        })
    }

    /// Draws the recording.
    pub fn draw(self, recording: &Recording) -> String {
        match self {
            Self::Html => timeline_html(recording),
            Self::Svg => timeline_svg(recording),
            Self::Chrome => chrome_json(recording),
            Self::OpenTelemetry => opentelemetry_json(recording),
        }
    }
}
