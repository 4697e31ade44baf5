use bytes::Bytes;
use indexmap::IndexMap;
use rhai::{Dynamic, ImmutableString};

use super::decode;
use crate::error::Result;

/// The fields of a document that a script made or changed, in order.
pub type Fields = IndexMap<ImmutableString, Slot, ahash::RandomState>;

/// A field's value: as it came from the server, or as the script made it.
#[derive(Clone, Debug)]
pub enum Slot {
    /// The type and the bytes of a value that nobody has changed; they go back as they came.
    Raw { kind: u8, value: Bytes },
    /// A value of the script.
    Value(Dynamic),
}

impl Slot {
    /// The value as scripts see it.
    pub fn read(&self) -> Result<Dynamic> {
        match self {
            Self::Raw { kind, value } => decode::value(*kind, value, value),
            Self::Value(value) => Ok(value.flatten_clone()),
        }
    }
}
