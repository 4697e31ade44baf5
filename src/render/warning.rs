//! Warnings of a run, in one line each.

use serde_json::json;

use super::values::Format;

/// Returns a warning, with the line of the script that caused it.
pub fn warning_line(message: &str, line: Option<usize>, format: Format) -> String {
    match (format, line) {
        (Format::Json, Some(line)) => json!({ "warning": message, "line": line }).to_string(),
        (Format::Json, None) => json!({ "warning": message }).to_string(),
        (Format::Text, Some(line)) => format!("warning, line {line}: {message}"),
        (Format::Text, None) => format!("warning: {message}"),
    }
}
