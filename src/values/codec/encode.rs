//! Encodes script values as BSON in one buffer. Undecoded values from the server are copied.

use bson::oid::ObjectId;
use bytes::Bytes;
use rhai::{Array, Blob, Dynamic, FLOAT, INT, ImmutableString, Map};

use crate::error::{Error, Result};
use crate::mongo::elements::kind;
use crate::values::bson_types::binary::Binary;
use crate::values::bson_types::code::Code;
use crate::values::bson_types::db_pointer::DbPointer;
use crate::values::bson_types::keys::{MaxKey, MinKey};
use crate::values::bson_types::regex::Regex;
use crate::values::bson_types::symbol::Symbol;
use crate::values::bson_types::undefined::Undefined;
use crate::values::depth::{MAX_DEPTH, too_deep};
use crate::values::document::{Body, Document};
use crate::values::fields::Slot;
use crate::values::number;

/// Returns the BSON of a document.
///
/// # Errors
/// `InvalidArgument` with the path of the first value that is not BSON, for example
/// `items[2].price`.
pub fn document(document: &Document) -> Result<Bytes> {
    if let Body::Raw(bytes) = document.body() {
        return Ok(bytes.clone());
    }
    let mut encoder = Encoder::default();
    encoder.write_document(document)?;
    Ok(encoder.bytes.into())
}

/// Appends the BSON of a document to `bytes`.
///
/// # Errors
/// The same as [`document`].
pub fn append(bytes: &mut Vec<u8>, document: &Document) -> Result<()> {
    appended(bytes, |encoder| encoder.write_document(document))
}

/// Appends a field and its value to the fields in `bytes`.
///
/// # Errors
/// The same as [`document`]; the path starts with the name of the field.
pub fn append_field(bytes: &mut Vec<u8>, name: &str, value: &Dynamic) -> Result<()> {
    appended(bytes, |encoder| {
        encoder.write_element(&name.into(), |encoder| encoder.write_value(value))
    })
}

fn appended(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Encoder) -> Result<()>) -> Result<()> {
    let mut encoder = Encoder {
        bytes: std::mem::take(bytes),
        path: Vec::new(),
    };
    let done = write(&mut encoder);
    *bytes = encoder.bytes;
    done
}

/// Returns the type and the bytes of a single value, as in an element.
pub fn value(value: &Dynamic) -> Result<(u8, Vec<u8>)> {
    let mut encoder = Encoder::default();
    let kind = encoder.write_value(value)?;
    Ok((kind, encoder.bytes))
}

/// The buffer, and the current path in the document for error messages.
#[derive(Default)]
struct Encoder {
    bytes: Vec<u8>,
    path: Vec<Step>,
}

enum Step {
    Field(ImmutableString),
    Index(usize),
}

impl Encoder {
    fn write_document(&mut self, document: &Document) -> Result<()> {
        match document.body() {
            Body::Raw(bytes) => {
                self.bytes.extend_from_slice(bytes);
                Ok(())
            }
            Body::Fields(fields) => self.framed(|encoder| {
                fields
                    .iter()
                    .try_for_each(|(name, slot)| encoder.write_field(name, slot))
            }),
        }
    }

    fn write_map(&mut self, map: &Map) -> Result<()> {
        self.framed(|encoder| {
            map.iter().try_for_each(|(name, value)| {
                encoder.write_element(&name.as_str().into(), |encoder| encoder.write_value(value))
            })
        })
    }

    fn write_array(&mut self, array: &Array) -> Result<()> {
        self.framed(|encoder| {
            for (index, value) in array.iter().enumerate() {
                let start = encoder.bytes.len();
                encoder.bytes.push(0);
                encoder
                    .bytes
                    .extend_from_slice(index.to_string().as_bytes());
                encoder.bytes.push(0);
                encoder.path.push(Step::Index(index));
                let kind = encoder.write_value(value)?;
                encoder.path.pop();
                encoder.bytes[start] = kind;
            }
            Ok(())
        })
    }

    /// Writes a length, the bytes that `fill` writes, and a closing zero.
    fn framed(&mut self, fill: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.path.len() > MAX_DEPTH {
            return Err(too_deep());
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        fill(self)?;
        self.bytes.push(0);
        let length = i32::try_from(self.bytes.len() - start)
            .map_err(|_| Error::invalid_argument("a document is larger than 2 GiB"))?;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        Ok(())
    }

    fn write_field(&mut self, name: &ImmutableString, slot: &Slot) -> Result<()> {
        self.write_element(name, |encoder| match slot {
            Slot::Raw { kind, value } => {
                encoder.bytes.extend_from_slice(value);
                Ok(*kind)
            }
            Slot::Value(value) => encoder.write_value(value),
        })
    }

    fn write_element(
        &mut self,
        name: &ImmutableString,
        value: impl FnOnce(&mut Self) -> Result<u8>,
    ) -> Result<()> {
        if name.as_bytes().contains(&0) {
            return Err(self.refuse(
                &format!("has a field name with a NUL byte: {name:?}"),
                "BSON field names cannot contain it",
            ));
        }
        let start = self.bytes.len();
        self.bytes.push(0);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.path.push(Step::Field(name.clone()));
        let kind = value(self)?;
        self.path.pop();
        // The type comes before the name, but is known only after the value is written.
        self.bytes[start] = kind;
        Ok(())
    }

    /// Writes the bytes of the value and returns its type.
    fn write_value(&mut self, value: &Dynamic) -> Result<u8> {
        if value.is_shared() {
            let inner = value.flatten_clone();
            if inner.is_shared() {
                return Err(self.refuse("is being changed by other code", "copy it first"));
            }
            return self.write_value(&inner);
        }
        if let Some(kind) = self.write_number_or_text(value) {
            return Ok(kind);
        }
        if let Some(document) = value.read_lock::<Document>() {
            return self.write_document(&document).map(|()| kind::DOCUMENT);
        }
        if let Some(array) = value.read_lock::<Array>() {
            return self.write_array(&array).map(|()| kind::ARRAY);
        }
        if let Some(map) = value.read_lock::<Map>() {
            return self.write_map(&map).map(|()| kind::DOCUMENT);
        }
        match self.write_bson_type(value) {
            Some(kind) => Ok(kind),
            None => self.write_code(value),
        }
    }

    fn write_number_or_text(&mut self, value: &Dynamic) -> Option<u8> {
        if let Some(text) = value.read_lock::<ImmutableString>() {
            self.write_text(&text);
            return Some(kind::STRING);
        }
        if let Some(int) = value.read_lock::<INT>() {
            return Some(match number::as_int32(*int, value.tag()) {
                Some(int) => self.write(kind::INT32, &int.to_le_bytes()),
                None => self.write(kind::INT64, &int.to_le_bytes()),
            });
        }
        if let Some(float) = value.read_lock::<FLOAT>() {
            return Some(self.write(kind::DOUBLE, &float.to_le_bytes()));
        }
        if let Some(flag) = value.read_lock::<bool>() {
            return Some(self.write(kind::BOOLEAN, &[u8::from(*flag)]));
        }
        if value.is_unit() {
            return Some(kind::NULL);
        }
        if let Some(letter) = value.read_lock::<char>() {
            self.write_text(letter.encode_utf8(&mut [0; 4]));
            return Some(kind::STRING);
        }
        None
    }

    fn write_bson_type(&mut self, value: &Dynamic) -> Option<u8> {
        if let Some(id) = value.read_lock::<ObjectId>() {
            return Some(self.write(kind::OBJECT_ID, &id.bytes()));
        }
        if let Some(date) = value.read_lock::<bson::DateTime>() {
            return Some(self.write(kind::DATE_TIME, &date.timestamp_millis().to_le_bytes()));
        }
        if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
            return Some(self.write(kind::DECIMAL128, &decimal.bytes()));
        }
        if let Some(binary) = value.read_lock::<Binary>() {
            binary.write_element(&mut self.bytes);
            return Some(kind::BINARY);
        }
        if let Some(blob) = value.read_lock::<Blob>() {
            Binary::new(0, Bytes::copy_from_slice(&blob)).write_element(&mut self.bytes);
            return Some(kind::BINARY);
        }
        if let Some(timestamp) = value.read_lock::<bson::Timestamp>() {
            self.write(kind::TIMESTAMP, &timestamp.increment.to_le_bytes());
            return Some(self.write(kind::TIMESTAMP, &timestamp.time.to_le_bytes()));
        }
        if let Some(symbol) = value.read_lock::<Symbol>() {
            self.write_text(symbol.as_str());
            return Some(kind::SYMBOL);
        }
        if let Some(pointer) = value.read_lock::<DbPointer>() {
            self.write_text(pointer.namespace());
            return Some(self.write(kind::DB_POINTER, &pointer.id().bytes()));
        }
        if value.is::<MinKey>() {
            return Some(kind::MIN_KEY);
        }
        if value.is::<MaxKey>() {
            return Some(kind::MAX_KEY);
        }
        value.is::<Undefined>().then_some(kind::UNDEFINED)
    }

    /// Writes the types whose encoding can fail.
    fn write_code(&mut self, value: &Dynamic) -> Result<u8> {
        if let Some(regex) = value.read_lock::<Regex>() {
            if regex.has_nul() {
                return Err(self.refuse("is a Regex with a NUL byte", "write it as `\\x00`"));
            }
            self.write(kind::REGEX, regex.pattern().as_bytes());
            self.write(kind::REGEX, &[0]);
            self.write(kind::REGEX, regex.options().as_bytes());
            return Ok(self.write(kind::REGEX, &[0]));
        }
        let Some(code) = value.read_lock::<Code>() else {
            let name = crate::values::type_name::of(value);
            return Err(self.refuse(
                &format!("is {name}, which is not BSON"),
                "store a value that identifies it, such as its name or its id",
            ));
        };
        let Some(scope) = code.scope() else {
            self.write_text(code.text());
            return Ok(kind::CODE);
        };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.write_text(code.text());
        self.write_document(scope)?;
        let length = (self.bytes.len() - start) as i32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        Ok(kind::CODE_WITH_SCOPE)
    }

    fn write(&mut self, kind: u8, bytes: &[u8]) -> u8 {
        self.bytes.extend_from_slice(bytes);
        kind
    }

    fn write_text(&mut self, text: &str) {
        let length = (text.len() + 1) as i32;
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
    }

    fn refuse(&self, what: &str, hint: &str) -> Error {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        let subject = if path.is_empty() {
            "the document".to_owned()
        } else {
            format!("`{path}`")
        };
        Error::invalid_argument(format!("{subject} {what}")).hint(hint)
    }
}
