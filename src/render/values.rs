//! Values as text and as Extended JSON: the two places that know how are called from here only.

use rhai::Dynamic;

use crate::values::{ejson, show};

/// How values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As source that can be pasted back; a string at the top as its text.
    Text,
    /// One line of relaxed Extended JSON each: what `jq` and people read. `ejson(x, "canonical")` keeps widths.
    Json,
}

impl Format {
    /// The value on its line, without the line's end.
    pub fn render(self, value: &Dynamic) -> String {
        match self {
            Self::Text => show::print_text(value),
            Self::Json => json_line(value),
        }
    }
}

/// The value as one line of JSON; what is no BSON (a function, a client) as the text that `print` shows.
pub(super) fn json_line(value: &Dynamic) -> String {
    ejson::relaxed(value)
        .unwrap_or_else(|_| serde_json::Value::from(show::print_text(value)).to_string())
}
