//! `Binary`: bytes with a subtype. A UUID is a Binary.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use rhai::plugin::*;
use rhai::{Blob, INT};

use crate::error::{Error, Kind, Result};
use crate::mongo::elements::{length_at, malformed};
use crate::values::thrown::{RhaiResult, at_call};

/// Bytes with a subtype that says what they are: 0 any bytes, 2 any bytes in an older layout, 4 a
/// UUID, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    subtype: u8,
    bytes: Bytes,
}

/// The older layout, which repeats the length before the bytes.
const BINARY_OLD: u8 = 2;
/// The subtype of a UUID.
const UUID: u8 = 4;

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

    /// Reads the value of an element: length, subtype, bytes.
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

    /// Writes the value of an element.
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

    pub fn base64(&self) -> String {
        BASE64.encode(&self.bytes)
    }

    /// Returns the bytes as a UUID if they are one.
    pub fn uuid(&self) -> Option<bson::Uuid> {
        let bytes = <[u8; 16]>::try_from(self.bytes()).ok()?;
        (self.subtype == UUID).then(|| bson::Uuid::from_bytes(bytes))
    }

    /// Returns source code that evaluates to the same bytes.
    pub fn source(&self) -> String {
        match self.uuid() {
            Some(uuid) => format!("UUID(\"{uuid}\")"),
            None => format!("Binary(\"{}\", {})", self.base64(), self.subtype),
        }
    }
}

impl From<bson::Uuid> for Binary {
    fn from(uuid: bson::Uuid) -> Self {
        Self::new(UUID, Bytes::copy_from_slice(&uuid.bytes()))
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<Binary>("Binary");
    combine_with_exported_module!(module, "binary", binary_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod binary_functions {
    /// Returns a Binary from base64, with subtype 0 (any bytes).
    ///
    /// Throws `InvalidArgument` if the text is not base64.
    ///
    /// ```rhai
    /// assert_eq(Binary("aGVsbG8=").len(), 5);
    /// ```
    #[rhai_fn(name = "Binary", return_raw, global)]
    pub fn new_binary(ctx: NativeCallContext, base64: &str) -> RhaiResult<Binary> {
        parse(base64, 0).map_err(|error| at_call(&ctx, error))
    }

    /// Returns a Binary from base64, with a subtype from 0 to 255.
    ///
    /// ```rhai
    /// assert_eq(Binary("aGVsbG8=", 128).subtype, 128);
    /// ```
    #[rhai_fn(name = "Binary", return_raw, global)]
    pub fn new_binary_of_subtype(
        ctx: NativeCallContext,
        base64: &str,
        subtype: INT,
    ) -> RhaiResult<Binary> {
        parse(base64, subtype).map_err(|error| at_call(&ctx, error))
    }

    /// Returns a Binary from a blob, with subtype 0.
    ///
    /// ```rhai
    /// assert_eq(Binary(blob(2, 0)), Binary("AAA="));
    /// ```
    #[rhai_fn(name = "Binary", global)]
    pub fn binary_from_blob(bytes: Blob) -> Binary {
        Binary::new(0, bytes.into())
    }

    /// Returns a new random UUID.
    ///
    /// ```rhai
    /// assert(UUID() != UUID());
    /// ```
    #[rhai_fn(name = "UUID", volatile, global)]
    pub fn new_uuid() -> Binary {
        bson::Uuid::new().into()
    }

    /// Returns the UUID with these 32 hexadecimal digits.
    ///
    /// Throws `InvalidId` if the text is not a UUID.
    ///
    /// ```rhai
    /// assert_eq(UUID("936da01f-9abd-4d9d-80c7-02af85c822a8").subtype, 4);
    /// ```
    #[rhai_fn(name = "UUID", return_raw, global)]
    pub fn parse_uuid(ctx: NativeCallContext, text: &str) -> RhaiResult<Binary> {
        uuid(text).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the subtype: 0 for any bytes, 4 for a UUID, 128 or more for types of the
    /// application.
    ///
    /// ```rhai
    /// assert_eq(UUID().subtype, 4);
    /// ```
    #[rhai_fn(get = "subtype", pure, global)]
    pub fn subtype(binary: &mut Binary) -> INT {
        binary.subtype.into()
    }

    /// Returns the number of bytes.
    ///
    /// ```rhai
    /// assert_eq(Binary("aGVsbG8=").len(), 5);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn len(binary: &mut Binary) -> INT {
        INT::try_from(binary.bytes.len()).unwrap_or(INT::MAX)
    }

    /// Returns the bytes as base64.
    ///
    /// ```rhai
    /// assert_eq(Binary("aGVsbG8=").to_base64(), "aGVsbG8=");
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_base64(binary: &mut Binary) -> String {
        binary.base64()
    }

    /// Returns the bytes as a blob, which Rhai's functions can read and change.
    ///
    /// ```rhai
    /// assert_eq(Binary("aGVsbG8=").to_blob()[0], 104);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_blob(binary: &mut Binary) -> Blob {
        binary.bytes.to_vec()
    }
}

/// Reads bytes from base64.
///
/// # Errors
/// `InvalidArgument` if the text is not base64 or the subtype is not a byte.
pub fn parse(base64: &str, subtype: INT) -> Result<Binary> {
    let subtype = u8::try_from(subtype).map_err(|_| {
        Error::invalid_argument(format!("`{subtype}` is not a subtype of Binary"))
            .hint("use a subtype from 0 to 255; 0 means any bytes")
    })?;
    let bytes = BASE64.decode(base64).map_err(|error| {
        Error::invalid_argument(format!("the text is not base64: {}", error.to_string().to_lowercase()))
            .hint("base64 has letters, digits, `+` and `/`, and `=` at the end up to a multiple of four characters")
    })?;
    Ok(Binary::new(subtype, bytes.into()))
}

/// Reads a UUID.
///
/// # Errors
/// `InvalidId` if the text is not a UUID.
pub fn uuid(text: &str) -> Result<Binary> {
    bson::Uuid::parse_str(text).map(Binary::from).map_err(|_| {
        let shown: String = text.chars().take(60).collect();
        Error::new(Kind::InvalidId, format!("`{shown}` is not a UUID")).hint(
            "a UUID is written as 936da01f-9abd-4d9d-80c7-02af85c822a8; `UUID()` makes a new one",
        )
    })
}
