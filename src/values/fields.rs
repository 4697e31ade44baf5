use bytes::Bytes;
use indexmap::IndexMap;
use rhai::{Dynamic, ImmutableString};

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
