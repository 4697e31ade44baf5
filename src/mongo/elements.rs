//! Reads BSON bytes without decoding them (BSON specification, version 1.1).
//!
//! The `bson` crate decodes every element. That takes time for fields that the script does not
//! read, and loses details of deprecated types. This module finds elements fast and keeps the bytes
//! of all others. It checks every length.

use crate::error::{Error, Kind, Result};

/// BSON's element types: the byte before each name.
pub mod kind {
    pub const DOUBLE: u8 = 0x01;
    pub const STRING: u8 = 0x02;
    pub const DOCUMENT: u8 = 0x03;
    pub const ARRAY: u8 = 0x04;
    pub const BINARY: u8 = 0x05;
    pub const UNDEFINED: u8 = 0x06;
    pub const OBJECT_ID: u8 = 0x07;
    pub const BOOLEAN: u8 = 0x08;
    pub const DATE_TIME: u8 = 0x09;
    pub const NULL: u8 = 0x0A;
    pub const REGEX: u8 = 0x0B;
    pub const DB_POINTER: u8 = 0x0C;
    pub const CODE: u8 = 0x0D;
    pub const SYMBOL: u8 = 0x0E;
    pub const CODE_WITH_SCOPE: u8 = 0x0F;
    pub const INT32: u8 = 0x10;
    pub const TIMESTAMP: u8 = 0x11;
    pub const INT64: u8 = 0x12;
    pub const DECIMAL128: u8 = 0x13;
    pub const MAX_KEY: u8 = 0x7F;
    pub const MIN_KEY: u8 = 0xFF;
}

/// The smallest document: a length and the closing zero.
pub const EMPTY_DOCUMENT: [u8; 5] = [5, 0, 0, 0, 0];

/// One element of a document: its type, its name, and the bytes of its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element<'a> {
    pub kind: u8,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element's name, which must be UTF-8.
    pub fn name(&self) -> Result<&'a str> {
        std::str::from_utf8(self.key).map_err(|_| malformed("a field name is not UTF-8"))
    }
}

/// Iterates over the elements of a document, in order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    /// Starts at the first element of `document`, which begins with its length and ends with a zero
    /// byte.
    ///
    /// # Errors
    /// `CommandFailed`, if the length does not match the bytes.
    pub fn new(document: &'a [u8]) -> Result<Self> {
        let length = length_at(document, 0)?;
        if length < EMPTY_DOCUMENT.len() || length != document.len() || document.last() != Some(&0)
        {
            return Err(malformed("a document's length does not match its bytes"));
        }
        Ok(Self {
            rest: &document[4..length - 1],
        })
    }

    /// Returns the first element with this name, without decoding or checking the others.
    pub fn find(mut self, name: &str) -> Result<Option<Element<'a>>> {
        let name = name.as_bytes();
        // Skips the elements before it without creating them: every `d.field` in a script runs
        // this.
        while let [kind, rest @ ..] = self.rest {
            let end = cstring_length(rest)?;
            let (key, value) = (&rest[..end], &rest[end + 1..]);
            let size = value_size(*kind, value)?;
            if size > value.len() {
                return Err(too_long());
            }
            if key == name {
                let (kind, value) = (*kind, &value[..size]);
                return Ok(Some(Element { kind, key, value }));
            }
            self.rest = &value[size..];
        }
        Ok(None)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.rest.len() {
            return Err(too_long());
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    fn next_element(&mut self) -> Result<Element<'a>> {
        let kind = self.take(1)?[0];
        let end = cstring_length(self.rest)?;
        let key = &self.take(end + 1)?[..end];
        let size = value_size(kind, self.rest)?;
        Ok(Element {
            kind,
            key,
            value: self.take(size)?,
        })
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let element = self.next_element();
        if element.is_err() {
            self.rest = &[];
        }
        Some(element)
    }
}

#[cold]
fn too_long() -> Error {
    malformed("an element is longer than its document")
}

/// Returns how many bytes the value of type `kind` at the start of `bytes` takes.
#[inline]
fn value_size(kind: u8, bytes: &[u8]) -> Result<usize> {
    Ok(match kind {
        kind::NULL | kind::UNDEFINED | kind::MIN_KEY | kind::MAX_KEY => 0,
        kind::BOOLEAN => 1,
        kind::INT32 => 4,
        kind::DOUBLE | kind::INT64 | kind::DATE_TIME | kind::TIMESTAMP => 8,
        kind::OBJECT_ID => 12,
        kind::DECIMAL128 => 16,
        kind::STRING | kind::CODE | kind::SYMBOL => 4 + length_at(bytes, 0)?,
        kind::DOCUMENT | kind::ARRAY | kind::CODE_WITH_SCOPE => length_at(bytes, 0)?,
        kind::BINARY => 5 + length_at(bytes, 0)?,
        kind::DB_POINTER => 4 + length_at(bytes, 0)? + 12,
        kind::REGEX => {
            let pattern = cstring_length(bytes)? + 1;
            pattern + cstring_length(&bytes[pattern..])? + 1
        }
        other => return Err(malformed(&format!("unknown BSON type {other:#04x}"))),
    })
}

/// Returns the Int32 at `offset`. It is a number of bytes and must not be negative.
#[inline]
pub fn length_at(bytes: &[u8], offset: usize) -> Result<usize> {
    let four = bytes
        .get(offset..offset + 4)
        .and_then(|four| <[u8; 4]>::try_from(four).ok())
        .ok_or_else(|| malformed("a length is missing"))?;
    usize::try_from(i32::from_le_bytes(four)).map_err(|_| malformed("a length is negative"))
}

/// Returns the text of a BSON string value: a length, UTF-8 and a zero byte.
pub fn text(value: &[u8]) -> Result<&str> {
    let length = length_at(value, 0)?;
    match value.get(4..4 + length) {
        Some([text @ .., 0]) => {
            std::str::from_utf8(text).map_err(|_| malformed("a string is not UTF-8"))
        }
        _ => Err(malformed("a string's length does not match its bytes")),
    }
}

/// Returns the text before the first zero byte, and the rest.
pub fn cstring(bytes: &[u8]) -> Result<(&str, &[u8])> {
    let end = cstring_length(bytes)?;
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| malformed("a name is not UTF-8"))?;
    Ok((text, &bytes[end + 1..]))
}

#[inline]
fn cstring_length(bytes: &[u8]) -> Result<usize> {
    bytes
        .iter()
        .position(|byte| *byte == 0)
        .ok_or_else(|| malformed("a name has no end"))
}

/// Returns the error for bytes that are not BSON.
#[cold]
pub fn malformed(what: &str) -> Error {
    Error::new(
        Kind::CommandFailed,
        format!("the bytes are not BSON: {what}"),
    )
    .hint("the server or the network sent damaged data")
}
