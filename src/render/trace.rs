//! One-line traces of commands.

use std::fmt::Write;

use bson::{Bson, Document};

use rhai::{Dynamic, is_valid_identifier};
use serde_json::{Map, Value, json};

use super::values::Format;
use crate::error::redact;
use crate::error::visible;
use crate::mongo::{CommandOutcome, CommandTrace};
use crate::values::codec::convert;
use crate::values::{ejson, show};

/// The approximate maximum length of a body, in characters.
const LONGEST: usize = 160;
/// The maximum number of characters of a string, and of values of an array.
const TEXT: usize = 40;
const VALUES: usize = 3;
/// The maximum length of a body in JSON, in bytes.
const MAX_JSON: usize = 16 * 1024;

/// Returns the command in one line.
pub fn trace_line(command: &CommandTrace, format: Format) -> String {
    match format {
        Format::Text => text_line(command),
        Format::Json => json_line(command),
    }
}

/// Returns `{"trace":{"command":…,"retry":…,"database":…,"duration_ms":…,"outcome":…,…}}`.
///
/// The outcome has `ok`, and the server's numbers, the error's kind and code, or `cancelled`.
fn json_line(command: &CommandTrace) -> String {
    let outcome = match &command.outcome {
        CommandOutcome::Done(said) => {
            let said: Map<String, Value> = said
                .iter()
                .map(|(name, number)| (name.clone(), (*number).into()))
                .collect();
            json!({ "ok": true, "says": said })
        }
        CommandOutcome::Failed { kind, code } => json!({ "ok": false, "kind": kind, "code": code }),
        CommandOutcome::Cancelled => json!({ "ok": false, "cancelled": true }),
    };
    let line = json!({ "trace": {
        "command": command.name,
        "retry": command.is_retry,
        "database": command.database,
        "duration_ms": command.duration.as_micros() as f64 / 1000.0,
        "outcome": outcome,
        "server": command.server,
        "connection": command.connection,
        "body": command.body.as_ref().and_then(json_body),
    } });
    visible(&redact(&line.to_string())).into_owned()
}

/// Returns ``trace: find on `shop`, 0.4 ms, ok (firstBatch 3), HOST #1, { … }``.
fn text_line(command: &CommandTrace) -> String {
    let ms = command.duration.as_secs_f64() * 1000.0;
    let retry = if command.is_retry { " (retry)" } else { "" };
    let outcome = outcome(&command.outcome);
    let body = match &command.body {
        Some(body) => shortened(body),
        None => "not shown".to_owned(),
    };
    let line = format!(
        "trace: {}{retry} on `{}`, {ms:.1} ms, {outcome}, {} #{}, {body}",
        command.name, command.database, command.server, command.connection
    );
    visible(&redact(&line.replace(char::is_control, " "))).into_owned()
}

fn outcome(outcome: &CommandOutcome) -> String {
    match outcome {
        CommandOutcome::Done(said) if said.is_empty() => "ok".to_owned(),
        CommandOutcome::Done(said) => {
            let said: Vec<String> = said
                .iter()
                .map(|(name, number)| format!("{name} {number}"))
                .collect();
            format!("ok ({})", said.join(", "))
        }
        CommandOutcome::Failed {
            kind,
            code: Some(code),
        } => format!("failed: {kind} ({code})"),
        CommandOutcome::Failed { kind, code: None } => format!("failed: {kind}"),
        CommandOutcome::Cancelled => "cancelled before the reply".to_owned(),
    }
}

/// Returns a body as Extended JSON; `None` if it is longer than [`MAX_JSON`].
fn json_body(body: &Document) -> Option<Value> {
    let document = convert::of_bson(body).ok()?;
    let text = ejson::relaxed(&Dynamic::from(document)).ok()?;
    (text.len() <= MAX_JSON)
        .then(|| serde_json::from_str(&text).ok())
        .flatten()
}

fn shortened(body: &Document) -> String {
    let mut text = String::new();
    write_document(&mut text, body);
    text
}

fn write_document(text: &mut String, document: &Document) {
    if document.is_empty() {
        text.push_str("#{}");
        return;
    }
    text.push_str("#{ ");
    for (index, (name, value)) in document.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        if text.len() > LONGEST {
            text.push('…');
            break;
        }
        let word = name.strip_prefix('$').unwrap_or(name);
        // Writing into memory cannot fail.
        let _ = if is_valid_identifier(word) {
            write!(text, "{name}: ")
        } else {
            write!(text, "{name:?}: ")
        };
        write_value(text, value);
    }
    text.push_str(" }");
}

/// Writes a value as `print` does, with long arrays and strings cut.
fn write_value(text: &mut String, value: &Bson) {
    match value {
        Bson::Document(document) => write_document(text, document),
        Bson::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                if index == VALUES || text.len() > LONGEST {
                    let _ = write!(text, "… {} more", values.len() - index);
                    break;
                }
                write_value(text, value);
            }
            text.push(']');
        }
        Bson::String(string) => {
            let start: String = string.chars().take(TEXT).collect();
            let more = if start.len() < string.len() {
                "…"
            } else {
                ""
            };
            let _ = write!(text, "{start:?}{more}");
        }
        Bson::Binary(binary) => {
            let _ = write!(text, "<{} bytes>", binary.bytes.len());
        }
        other => match convert::of_bson_value(other) {
            Ok(value) => text.push_str(&show::source(&value)),
            Err(_) => text.push('…'),
        },
    }
}
