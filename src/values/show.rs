//! Values as source code: the text can be pasted into a script and gives an equal value.

use std::fmt::Write;
use std::ops::{Range, RangeInclusive};

use bson::oid::ObjectId;
use rhai::{Array, Blob, Dynamic, FLOAT, FloatWrapper, FnPtr, INT, ImmutableString, Map};

use super::depth::MAX_DEPTH;
use super::document::Document;
use super::set::Set;
use super::thrown::script_error_text;
use super::{description, number, words};
use crate::error::{Error, is_invisible};
use crate::values::bson_types::binary::Binary;
use crate::values::bson_types::code::Code;
use crate::values::bson_types::date_time;
use crate::values::bson_types::db_pointer::DbPointer;
use crate::values::bson_types::keys::{MaxKey, MinKey};
use crate::values::bson_types::regex::Regex;
use crate::values::bson_types::symbol::Symbol;
use crate::values::bson_types::undefined::Undefined;

/// Returns source code on one line that evaluates to an equal value.
///
/// A value that is not BSON becomes a short description in angle brackets.
pub fn source(value: &Dynamic) -> String {
    let mut writer = Writer::default();
    writer.value(value);
    writer.text
}

/// Returns what `print` shows: a string as it is, `()` as an empty text, any other value as source
/// code.
pub fn print_text(value: &Dynamic) -> String {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return text.to_string();
    }
    if let Some(letter) = value.read_lock::<char>() {
        return letter.to_string();
    }
    if value.is_unit() {
        return String::new();
    }
    if let Some(map) = value.read_lock::<Map>()
        && let Some(text) = script_error_text(&map)
    {
        return text;
    }
    source(value)
}

/// Returns whether [`source`] returns source code for a value of this type, and not a description.
pub fn has_source(value: &Dynamic) -> bool {
    value.is::<Document>()
        || value.is::<Set>()
        || value.is::<Error>()
        || Writer::default().bson_type(value)
        || !value.is_variant()
}

/// Writes source code. The depth inside documents and arrays decides whether an Int64 is explicit.
///
/// A format with several lines only needs another [`Writer::listed`].
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn value(&mut self, value: &Dynamic) {
        if value.is_shared() {
            let inner = value.flatten_clone();
            return if inner.is_shared() {
                self.text.push('…');
            } else {
                self.value(&inner);
            };
        }
        if !(self.plain(value) || self.container(value) || self.bson_type(value)) {
            self.text.push_str(&describe(value));
        }
    }

    fn plain(&mut self, value: &Dynamic) -> bool {
        if let Some(text) = value.read_lock::<ImmutableString>() {
            self.quoted(&text, '"');
        } else if let Some(int) = value.read_lock::<INT>() {
            self.int(*int, value.tag());
        } else if let Some(float) = value.read_lock::<FLOAT>() {
            self.text.push_str(&float_source(*float));
        } else if let Some(flag) = value.read_lock::<bool>() {
            self.put(*flag);
        } else if let Some(letter) = value.read_lock::<char>() {
            self.quoted(letter.encode_utf8(&mut [0; 4]), '\'');
        } else if value.is_unit() {
            self.text.push_str("()");
        } else {
            return false;
        }
        true
    }

    fn container(&mut self, value: &Dynamic) -> bool {
        if let Some(document) = value.read_lock::<Document>() {
            self.document(&document);
        } else if let Some(map) = value.read_lock::<Map>() {
            let entries = map.iter().map(|(name, value)| (name.as_str(), value));
            self.listed(("#{ ", " }", "#{}"), entries, |writer, (name, value)| {
                writer.field(name, value);
            });
        } else if let Some(array) = value.read_lock::<Array>() {
            self.listed(("[", "]", "[]"), array.iter(), Self::value);
        } else if let Some(set) = value.read_lock::<Set>() {
            self.listed(("set([", "])", "set([])"), set.iter(), Self::value);
        } else {
            return false;
        }
        true
    }

    fn document(&mut self, document: &Document) {
        match document.entries() {
            Ok(entries) => {
                let entries = entries.iter().map(|(name, value)| (name.as_str(), value));
                self.listed(("#{ ", " }", "#{}"), entries, |writer, (name, value)| {
                    writer.field(name, value);
                });
            }
            Err(error) => self.put(format_args!("<damaged document: {error}>")),
        }
    }

    fn field(&mut self, name: &str, value: &Dynamic) {
        if words::is_plain_key(name) {
            self.text.push_str(name);
        } else {
            self.quoted(name, '"');
        }
        self.text.push_str(": ");
        self.value(value);
    }

    /// Writes items between an opening and a closing text, or the text for an empty list.
    fn listed<T>(
        &mut self,
        (open, close, empty): (&str, &str, &str),
        items: impl ExactSizeIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        if items.len() == 0 {
            return self.text.push_str(empty);
        }
        self.text.push_str(open);
        if self.depth >= MAX_DEPTH {
            self.text.push('…');
        } else {
            self.depth += 1;
            for (index, item) in items.enumerate() {
                if index > 0 {
                    self.text.push_str(", ");
                }
                write(self, item);
            }
            self.depth -= 1;
        }
        self.text.push_str(close);
    }

    fn int(&mut self, int: INT, tag: i32) {
        let wide = tag == number::INT64 && i32::try_from(int).is_ok();
        if int == INT::MIN {
            // Rhai parses the digits before the minus sign, and they are too large for an integer.
            self.put(format_args!("Int64(\"{int}\")"));
        } else if wide && self.depth > 0 {
            self.put(format_args!("Int64({int})"));
        } else {
            self.put(int);
        }
    }

    fn bson_type(&mut self, value: &Dynamic) -> bool {
        if let Some(id) = value.read_lock::<ObjectId>() {
            self.put(format_args!("ObjectId(\"{}\")", *id));
        } else if let Some(date) = value.read_lock::<bson::DateTime>() {
            self.text.push_str(&date_time::source(*date));
        } else if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
            self.put(format_args!("Decimal128(\"{}\")", *decimal));
        } else if let Some(timestamp) = value.read_lock::<bson::Timestamp>() {
            self.put(format_args!(
                "Timestamp({}, {})",
                timestamp.time, timestamp.increment
            ));
        } else if let Some(binary) = value.read_lock::<Binary>() {
            self.text.push_str(&binary.source());
        } else if let Some(blob) = value.read_lock::<Blob>() {
            let binary = Binary::new(0, bytes::Bytes::copy_from_slice(&blob));
            self.text.push_str(&binary.source());
        } else if let Some(regex) = value.read_lock::<Regex>() {
            self.call("Regex", &[regex.pattern(), regex.options()]);
        } else {
            return self.rare_type(value);
        }
        true
    }

    fn rare_type(&mut self, value: &Dynamic) -> bool {
        if let Some(code) = value.read_lock::<Code>() {
            self.code(&code);
        } else if let Some(symbol) = value.read_lock::<Symbol>() {
            self.call("Symbol", &[symbol.as_str()]);
        } else if let Some(pointer) = value.read_lock::<DbPointer>() {
            self.text.push_str("DBPointer(");
            self.quoted(pointer.namespace(), '"');
            self.put(format_args!(", ObjectId(\"{}\"))", pointer.id()));
        } else if value.is::<MinKey>() {
            self.text.push_str("MinKey");
        } else if value.is::<MaxKey>() {
            self.text.push_str("MaxKey");
        } else if value.is::<Undefined>() {
            self.text.push_str("Undefined");
        } else {
            return false;
        }
        true
    }

    fn code(&mut self, code: &Code) {
        self.text.push_str("Code(");
        self.quoted(code.text(), '"');
        if let Some(scope) = code.scope() {
            self.text.push_str(", ");
            self.document(scope);
        }
        self.text.push(')');
    }

    /// Writes a call with string arguments, without the empty ones at the end.
    fn call(&mut self, name: &str, arguments: &[&str]) {
        let used = arguments
            .iter()
            .rposition(|text| !text.is_empty())
            .unwrap_or(0)
            + 1;
        self.put(format_args!("{name}("));
        for (index, argument) in arguments.iter().take(used).enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            self.quoted(argument, '"');
        }
        self.text.push(')');
    }

    /// Writes a string literal with Rhai's escapes.
    fn quoted(&mut self, text: &str, quote: char) {
        self.text.push(quote);
        for letter in text.chars() {
            match letter {
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                _ if letter == quote => self.text.extend(['\\', letter]),
                _ if is_invisible(letter) => self.escape(letter.into()),
                _ => self.text.push(letter),
            }
        }
        self.text.push(quote);
    }

    fn escape(&mut self, code: u32) {
        match code {
            0..=0xFF => self.put(format_args!("\\x{code:02x}")),
            0x100..=0xFFFF => self.put(format_args!("\\u{code:04x}")),
            _ => self.put(format_args!("\\U{code:08x}")),
        }
    }

    fn put(&mut self, what: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = write!(self.text, "{what}");
    }
}

/// Returns a float as Rhai writes it, or as a call if Rhai has no literal for it.
fn float_source(float: FLOAT) -> String {
    if float.is_nan() {
        "Double(\"NaN\")".to_owned()
    } else if float.is_infinite() {
        let sign = if float < 0.0 { "-" } else { "" };
        format!("Double(\"{sign}Infinity\")")
    } else if float == 0.0 && float.is_sign_negative() {
        "-0.0".to_owned()
    } else {
        FloatWrapper::new(float).to_string()
    }
}

/// Returns a short description of a value that is not BSON.
fn describe(value: &Dynamic) -> String {
    if let Some(error) = value.read_lock::<Error>() {
        return format!("{}: {}", error.kind(), error.message());
    }
    if value.is::<FnPtr>() || !value.is_variant() {
        return value.to_string();
    }
    if value.is::<Range<INT>>() || value.is::<RangeInclusive<INT>>() {
        return value.to_string();
    }
    description::of(value).unwrap_or_else(|| {
        let name = value.type_name();
        format!("<{}>", name.rsplit("::").next().unwrap_or(name))
    })
}
