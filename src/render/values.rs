//! Values as text or as Extended JSON.

use rhai::Dynamic;

use super::table;
use crate::api::run::rich_value::RichValue;
use crate::error::visible;
use crate::plot::Plot;
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
        if let Some(plot) = value.read_lock::<Plot>() {
            return self.plot(&plot);
        }
        match self {
            Self::Text => show::print_text(value),
            Self::Json => json_line(value),
        }
    }

    /// Returns a value of `display` without a newline at the end. A table has at most `width`
    /// columns.
    pub fn display(self, value: &RichValue, width: usize) -> String {
        match (self, value) {
            (_, RichValue::Value(value)) => self.render(value),
            (_, RichValue::Plot(plot)) => self.plot(plot),
            (Self::Text, RichValue::Table { rows, is_cut }) => {
                table::with_note(rows, *is_cut, width)
            }
            (Self::Json, RichValue::Table { rows, .. }) => {
                let rows = rows.iter().cloned().map(Dynamic::from).collect();
                json_line(&Dynamic::from_array(rows))
            }
        }
    }

    fn plot(self, plot: &Plot) -> String {
        match self {
            Self::Text => visible(&plot.to_string()).into_owned(),
            Self::Json => plot.to_json().to_string(),
        }
    }
}

/// Returns one line of JSON. A value that is not BSON (a function, a client) becomes a string.
pub(super) fn json_line(value: &Dynamic) -> String {
    ejson::relaxed(value)
        .unwrap_or_else(|_| serde_json::Value::from(show::print_text(value)).to_string())
}
