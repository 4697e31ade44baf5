use bytes::Bytes;

use crate::error::Result;
use crate::mongo::elements::{length_at, malformed};

/// Bytes with a subtype, which says what they are: 0 anything, 2 anything in an older layout, 4 a UUID, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    subtype: u8,
    bytes: Bytes,
}

/// The older layout, which repeats the length before the bytes.
const BINARY_OLD: u8 = 2;

impl Binary {
    pub fn new(subtype: u8, bytes: Bytes) -> Self {
        Self { subtype, bytes }
    }

    pub fn subtype(&self) -> u8 {
        self.subtype
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads an element's value: length, subtype, bytes.
    pub fn from_element(value: &[u8]) -> Result<Self> {
        let length = length_at(value, 0)?;
        let [_, _, _, _, subtype, bytes @ ..] = value else {
            return Err(malformed("a binary value is too short"));
        };
        if bytes.len() != length {
            return Err(malformed("a binary value's length does not fit its bytes"));
        }
        let bytes = if *subtype == BINARY_OLD {
            if length_at(bytes, 0)? + 4 != length {
                return Err(malformed("an old binary value's lengths differ"));
            }
            &bytes[4..]
        } else {
            bytes
        };
        Ok(Self::new(*subtype, Bytes::copy_from_slice(bytes)))
    }

    /// Writes an element's value.
    pub fn write_element(&self, out: &mut Vec<u8>) {
        let length = self.bytes.len() as i32;
        let old = self.subtype == BINARY_OLD;
        out.extend_from_slice(&(length + if old { 4 } else { 0 }).to_le_bytes());
        out.push(self.subtype);
        if old {
            out.extend_from_slice(&length.to_le_bytes());
        }
        out.extend_from_slice(&self.bytes);
    }
}
