//! Values as text or as Extended JSON.

use rhai::Dynamic;

use crate::values::{ejson, show};

/// The output format of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Source code that can be pasted into a script; a top-level string without quotes.
    Text,
    /// One line of relaxed Extended JSON per value.
    Json,
}

impl Format {
    /// Returns the value without a newline at the end.
    pub fn render(self, value: &Dynamic) -> String {
        match self {
            Self::Text => show::print_text(value),
            Self::Json => json_line(value),
        }
    }
}

/// Returns one line of JSON. A value that is not BSON (a function, a client) becomes a string.
pub(super) fn json_line(value: &Dynamic) -> String {
    ejson::relaxed(value)
        .unwrap_or_else(|_| serde_json::Value::from(show::print_text(value)).to_string())
}
