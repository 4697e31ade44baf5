//! The short form of a command's body.

use std::fmt::Write;

use bson::{Bson, Document};

use super::redaction::{ENVELOPE, is_hidden};
use crate::error::{HIDDEN, redact};

/// After so many bytes nothing is added. A recording keeps fewer.
const ENOUGH: usize = 60;
/// The maximum number of characters of a string.
const TEXT: usize = 24;
/// Fields that say less than the others.
const LATER: &[&str] = &["ordered", "writeConcern", "readConcern", "cursor"];
/// A longer string is not searched for secrets, and not shown.
const LONGEST_TEXT: usize = 4096;

/// Returns the start of a command's body, without secrets, without the driver's own fields and
/// without what the namespace says.
pub(super) fn brief(command: &Document) -> String {
    let mut text = String::with_capacity(2 * ENOUGH);
    let is_one_of = |names: &[&str], name: &str| names.contains(&name);
    let fields = || command.iter().skip(1);
    let own = fields().filter(|(name, _)| !is_one_of(ENVELOPE, name) && !is_one_of(LATER, name));
    let later = fields().filter(|(name, _)| is_one_of(LATER, name));
    for (name, value) in own.chain(later) {
        if text.len() > ENOUGH {
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        write_field(&mut text, name, value);
    }
    text
}

fn write_field(text: &mut String, name: &str, value: &Bson) {
    let start = start_of(name);
    match name.starts_with('$') || name.contains('.') {
        // Writing into memory cannot fail.
        true => drop(write!(text, "{start:?}")),
        false => text.push_str(start),
    }
    text.push_str(": ");
    if is_hidden(name) {
        text.push_str(HIDDEN);
    } else {
        write_value(text, value);
    }
}

fn write_value(text: &mut String, value: &Bson) {
    let _ = match value {
        Bson::Document(document) => {
            text.push_str("#{ ");
            for (index, (name, value)) in document.iter().enumerate() {
                if text.len() > ENOUGH {
                    return;
                }
                if index > 0 {
                    text.push_str(", ");
                }
                write_field(text, name, value);
            }
            write!(text, " }}")
        }
        Bson::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if text.len() > ENOUGH {
                    return;
                }
                if index > 0 {
                    text.push_str(", ");
                }
                write_value(text, value);
            }
            write!(text, "]")
        }
        Bson::String(string) if string.len() > LONGEST_TEXT => {
            write!(text, "<{} bytes>", string.len())
        }
        Bson::String(string) => {
            let whole = redact(string);
            let start = start_of(&whole);
            let more = if start.len() < whole.len() { "…" } else { "" };
            write!(text, "{start:?}{more}")
        }
        Bson::Int32(number) => write!(text, "{number}"),
        Bson::Int64(number) => write!(text, "{number}"),
        Bson::Double(number) => write!(text, "{number:?}"),
        Bson::Boolean(value) => write!(text, "{value}"),
        Bson::Null => write!(text, "()"),
        Bson::ObjectId(id) => write!(text, "ObjectId({:?})", id.to_hex()),
        Bson::DateTime(time) => {
            let shown = time.try_to_rfc3339_string().unwrap_or_default();
            write!(text, "DateTime({shown:?})")
        }
        Bson::Binary(binary) => write!(text, "<{} bytes>", binary.bytes.len()),
        _ => write!(text, "…"),
    };
}

/// Returns the first characters of a text.
fn start_of(text: &str) -> &str {
    let end = text.char_indices().nth(TEXT);
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn a_body_has_neither_secrets_nor_fields_of_the_driver() {
        let command = doc! {
            "find": "n", "filter": { "_id": 1, "password": "hush" }, "lsid": { "id": 1 }, "limit": 1,
        };
        assert_eq!(
            brief(&command),
            "filter: #{ _id: 1, password: *** }, limit: 1"
        );
        let command =
            doc! { "find": "n", "filter": { "a": "mongodb://ada:hush-hush-hush-hush@h/" } };
        assert!(!brief(&command).contains("hush"), "{}", brief(&command));
    }

    #[test]
    fn a_long_body_is_cut() {
        let command =
            doc! { "insert": "n", "documents": vec![doc! { "a": "x".repeat(5000) }; 1000] };
        let text = brief(&command);
        assert!(text.len() < 150 && text.contains("<5000 bytes>"), "{text}");
    }
}
