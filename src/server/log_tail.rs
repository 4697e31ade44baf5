use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;

/// The largest part of a log that is read from its end, in bytes.
const LONGEST_TAIL: u64 = 256 * 1024;

/// The longest line that is shown, in characters.
const LONGEST_LINE: usize = 220;

/// Returns the last `count` lines of a server's log after byte `from`, in readable form.
///
/// # Errors
/// The system's, if the log cannot be read.
pub(super) fn tail(log: &Path, from: u64, count: usize) -> io::Result<Vec<String>> {
    let lines = last_lines(log, from)?;
    let skipped = lines.len().saturating_sub(count);
    Ok(lines
        .iter()
        .skip(skipped)
        .map(|line| readable(line))
        .collect())
}

/// Returns the first line from byte `from` on.
pub(super) fn first_line(log: &Path, from: u64) -> Option<String> {
    let mut file = File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut line = String::new();
    BufReader::new(file.take(LONGEST_TAIL))
        .read_line(&mut line)
        .ok()?;
    Some(line)
}

/// Returns the lines from byte `from` on that are not empty, unchanged.
fn last_lines(log: &Path, from: u64) -> io::Result<Vec<String>> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    let start = from.min(length).max(length.saturating_sub(LONGEST_TAIL));
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LONGEST_TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(ToOwned::to_owned).collect())
}

/// Returns the errors in a server's log from byte `from` on, in readable form. Lines that are not
/// log entries count too, for example messages of the dynamic loader.
pub(super) fn complaints(log: &Path, from: u64) -> Vec<String> {
    let lines = last_lines(log, from).unwrap_or_default();
    let is_complaint = |line: &&String| {
        let entry = serde_json::from_str::<Value>(line);
        entry.map_or(true, |entry| {
            matches!(entry["s"].as_str(), Some("E" | "F")) && entry["c"] != "ASSERT"
        })
    };
    let readable = |line: &String| parsed(line).unwrap_or_else(|| line.clone());
    lines.iter().filter(is_complaint).map(readable).collect()
}

/// Formats one line of a server's log: time, severity (unless it is `I`), component, message,
/// attributes.
///
/// ```
/// use seaworthy::server::readable;
///
/// let line = r#"{"t":{"$date":"2026-01-31T10:20:30.123+00:00"},"s":"W","c":"STORAGE","msg":"Slow","attr":{"ms":7}}"#;
/// assert_eq!(readable(line), "10:20:30.123 W STORAGE: Slow ms=7");
/// assert_eq!(readable("not JSON"), "not JSON");
/// ```
pub fn readable(line: &str) -> String {
    shortened(&parsed(line).unwrap_or_else(|| line.to_owned()))
}

/// Cuts a line that is too long to be shown.
pub(super) fn shortened(line: &str) -> String {
    if line.chars().count() <= LONGEST_LINE {
        return line.to_owned();
    }
    line.chars().take(LONGEST_LINE).chain(['…']).collect()
}

fn parsed(line: &str) -> Option<String> {
    let entry: Value = serde_json::from_str(line).ok()?;
    let date = entry.pointer("/t/$date")?.as_str()?;
    let time = date.get(11..23).unwrap_or(date);
    let severity = match entry.get("s")?.as_str()? {
        "I" => String::new(),
        other => format!(" {other}"),
    };
    let component = entry.get("c")?.as_str()?;
    let message = entry.get("msg")?.as_str()?;
    let facts: String = entry
        .get("attr")
        .and_then(Value::as_object)
        .map(|facts| {
            facts
                .iter()
                .map(|(name, value)| format!(" {name}={}", short(value)))
                .collect()
        })
        .unwrap_or_default();
    Some(format!("{time}{severity} {component}: {message}{facts}"))
}

/// Formats a value on one line; text has no quotes.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace('\n', " "),
        other => other.to_string(),
    }
}
