//! Writes values as Extended JSON.

use std::fmt::Write;

use bson::oid::ObjectId;
use rhai::{Array, Blob, Dynamic, FLOAT, INT};

use crate::error::{Error, Result};
use crate::values::bson_types::binary::Binary;
use crate::values::bson_types::code::Code;
use crate::values::bson_types::date_time;
use crate::values::bson_types::db_pointer::DbPointer;
use crate::values::bson_types::keys::{MaxKey, MinKey};
use crate::values::bson_types::regex::Regex;
use crate::values::bson_types::undefined::Undefined;
use crate::values::depth::{MAX_DEPTH, too_deep};
use crate::values::document::Document;
use crate::values::number;
use crate::values::order::compare::{as_document, as_text};

/// How types are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As plain JSON if the value is close enough.
    Relaxed,
    /// With the explicit type of every value.
    Canonical,
}

/// Returns the relaxed form, which is easy to read but loses integer widths.
pub fn relaxed(value: &Dynamic) -> Result<String> {
    write(value, Mode::Relaxed)
}

/// Returns the canonical form, which can be converted back into the same BSON.
pub fn canonical(value: &Dynamic) -> Result<String> {
    write(value, Mode::Canonical)
}

/// Returns a value as Extended JSON, on one line.
///
/// # Errors
/// `InvalidArgument` if a value is not BSON or is nested too deep.
pub fn write(value: &Dynamic, mode: Mode) -> Result<String> {
    let mut writer = Writer {
        text: String::new(),
        mode,
        depth: 0,
    };
    writer.value(value)?;
    Ok(writer.text)
}

struct Writer {
    text: String,
    mode: Mode,
    depth: usize,
}

impl Writer {
    fn value(&mut self, value: &Dynamic) -> Result<()> {
        if let Some(array) = value.read_lock::<Array>() {
            return self.listed('[', ']', array.iter(), Self::value);
        }
        if !value.is::<Blob>()
            && let Some(document) = as_document(value)
        {
            return self.document(&document);
        }
        if let Some(code) = value.read_lock::<Code>() {
            return self.code(&code);
        }
        if self.plain(value) || self.bson_type(value) || self.rare_type(value) {
            return Ok(());
        }
        let name = crate::values::type_name::of(value);
        Err(
            Error::invalid_argument(format!("{name} cannot be written as Extended JSON"))
                .hint("write a value that identifies it, such as its name or its id"),
        )
    }

    fn document(&mut self, document: &Document) -> Result<()> {
        let entries = document.entries()?;
        self.listed('{', '}', entries.iter(), |writer, (name, value)| {
            writer.string(name);
            writer.text.push(':');
            writer.value(value)
        })
    }

    fn listed<T>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        self.text.push(open);
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            write(self, item)?;
        }
        self.text.push(close);
        self.depth -= 1;
        Ok(())
    }

    fn plain(&mut self, value: &Dynamic) -> bool {
        if let Some(int) = value.read_lock::<INT>() {
            self.int(*int, value.tag());
        } else if let Some(float) = value.read_lock::<FLOAT>() {
            self.float(*float);
        } else if let Some(symbol) = value.read_lock::<crate::values::bson_types::symbol::Symbol>()
        {
            self.wrapped("$symbol", symbol.as_str());
        } else if let Some(text) = as_text(value) {
            self.string(&text);
        } else if let Some(flag) = value.read_lock::<bool>() {
            self.put(*flag);
        } else if value.is_unit() {
            self.text.push_str("null");
        } else {
            return false;
        }
        true
    }

    fn int(&mut self, int: INT, tag: i32) {
        let name = match number::as_int32(int, tag) {
            _ if self.mode == Mode::Relaxed => return self.put(int),
            Some(_) => "$numberInt",
            None => "$numberLong",
        };
        self.wrapped(name, &int.to_string());
    }

    fn float(&mut self, float: FLOAT) {
        let text = match float {
            _ if float.is_nan() => "NaN".to_owned(),
            _ if float.is_infinite() && float > 0.0 => "Infinity".to_owned(),
            _ if float.is_infinite() => "-Infinity".to_owned(),
            // Rust writes the shortest digits that give the same float, with a point or an
            // exponent.
            _ => format!("{float:?}"),
        };
        if self.mode == Mode::Relaxed && float.is_finite() {
            self.text.push_str(&text);
        } else {
            self.wrapped("$numberDouble", &canonical_exponent(&text));
        }
    }

    fn bson_type(&mut self, value: &Dynamic) -> bool {
        if let Some(id) = value.read_lock::<ObjectId>() {
            self.wrapped("$oid", &id.to_hex());
        } else if let Some(date) = value.read_lock::<bson::DateTime>() {
            self.date(*date);
        } else if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
            self.wrapped("$numberDecimal", &decimal.to_string());
        } else if let Some(timestamp) = value.read_lock::<bson::Timestamp>() {
            let (time, increment) = (timestamp.time, timestamp.increment);
            self.put(format_args!(
                r#"{{"$timestamp":{{"t":{time},"i":{increment}}}}}"#
            ));
        } else if let Some(binary) = value.read_lock::<Binary>() {
            self.binary(&binary);
        } else if let Some(blob) = value.read_lock::<Blob>() {
            self.binary(&Binary::new(0, bytes::Bytes::copy_from_slice(&blob)));
        } else {
            return false;
        }
        true
    }

    fn rare_type(&mut self, value: &Dynamic) -> bool {
        if let Some(regex) = value.read_lock::<Regex>() {
            self.text.push_str(r#"{"$regularExpression":{"pattern":"#);
            self.string(regex.pattern());
            self.text.push_str(r#","options":"#);
            let mut options: Vec<char> = regex.options().chars().collect();
            options.sort_unstable();
            self.string(&options.into_iter().collect::<String>());
            self.text.push_str("}}");
        } else if let Some(pointer) = value.read_lock::<DbPointer>() {
            self.text.push_str(r#"{"$dbPointer":{"$ref":"#);
            self.string(pointer.namespace());
            self.put(format_args!(r#","$id":{{"$oid":"{}"}}}}}}"#, pointer.id()));
        } else if value.is::<MinKey>() {
            self.text.push_str(r#"{"$minKey":1}"#);
        } else if value.is::<MaxKey>() {
            self.text.push_str(r#"{"$maxKey":1}"#);
        } else if value.is::<Undefined>() {
            self.text.push_str(r#"{"$undefined":true}"#);
        } else {
            return false;
        }
        true
    }

    /// Writes dates from 1970 to 9999 in readable form, as the specification says.
    fn date(&mut self, date: bson::DateTime) {
        let ms = date.timestamp_millis();
        let readable = date_time::rfc3339(date).filter(|_| ms >= 0 && self.mode == Mode::Relaxed);
        match readable {
            Some(text) => self.wrapped("$date", &text),
            None => self.put(format_args!(r#"{{"$date":{{"$numberLong":"{ms}"}}}}"#)),
        }
    }

    fn binary(&mut self, binary: &Binary) {
        let (base64, subtype) = (binary.base64(), binary.subtype());
        self.put(format_args!(
            r#"{{"$binary":{{"base64":"{base64}","subType":"{subtype:02x}"}}}}"#
        ));
    }

    fn code(&mut self, code: &Code) -> Result<()> {
        self.text.push_str(r#"{"$code":"#);
        self.string(code.text());
        if let Some(scope) = code.scope() {
            self.text.push_str(r#","$scope":"#);
            self.document(scope)?;
        }
        self.text.push('}');
        Ok(())
    }

    fn wrapped(&mut self, name: &str, text: &str) {
        self.put(format_args!(r#"{{"{name}":"#));
        self.string(text);
        self.text.push('}');
    }

    fn string(&mut self, text: &str) {
        self.put(serde_json::Value::from(text));
    }

    fn put(&mut self, what: impl std::fmt::Display) {
        // Writing to a String does not fail.
        let _ = write!(self.text, "{what}");
    }
}

/// Returns `1.5E+18` for `1.5e18`, as the Extended JSON specification writes it.
fn canonical_exponent(text: &str) -> String {
    match text.split_once('e') {
        Some((number, exponent)) if exponent.starts_with('-') => format!("{number}E{exponent}"),
        Some((number, exponent)) => format!("{number}E+{exponent}"),
        None => text.to_owned(),
    }
}
