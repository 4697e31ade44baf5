//! One-line traces of commands.

use std::fmt::Write;

use bson::{Bson, Document};

use serde_json::{Map, Value, json};

use super::values::Format;
use crate::error::redact;
use crate::error::visible;
use crate::mongo::{CommandOutcome, CommandTrace};

/// The approximate maximum length of a body, in characters.
const LONGEST: usize = 160;
/// The maximum number of characters of a string, and of values of an array.
const TEXT: usize = 40;
const VALUES: usize = 3;

/// Returns the command in one line.
pub fn trace_line(command: &CommandTrace, format: Format) -> String {
    match format {
        Format::Text => text_line(command),
        Format::Json => json_line(command),
    }
}

/// Returns `{"trace":{"command":…,"retry":…,"database":…,"duration_ms":…,"outcome":…,…}}`.
///
/// The outcome has `ok`, and either the server's numbers or the error's kind and code.
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
    };
    let line = json!({ "trace": {
        "command": command.name,
        "retry": command.is_retry,
        "database": command.database,
        "duration_ms": command.duration.as_micros() as f64 / 1000.0,
        "outcome": outcome,
        "server": command.server,
        "connection": command.connection,
        "body": command.body.as_ref().map(shortened),
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
        None => "{ not shown }".to_owned(),
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
    }
}

fn shortened(body: &Document) -> String {
    let mut text = String::new();
    write_document(&mut text, body);
    text
}

fn write_document(text: &mut String, document: &Document) {
    if document.is_empty() {
        text.push_str("{}");
        return;
    }
    text.push_str("{ ");
    for (index, (name, value)) in document.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        if text.len() > LONGEST {
            text.push('…');
            break;
        }
        // Writing into memory cannot fail.
        let _ = write!(text, "{name}: ");
        write_value(text, value);
    }
    text.push_str(" }");
}

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
        other => {
            let shown = other.to_string();
            text.extend(shown.chars().take(TEXT));
        }
    }
}
