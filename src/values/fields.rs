use bytes::Bytes;
use indexmap::IndexMap;
use rhai::{Dynamic, ImmutableString};

/// The fields of a document that a script made or changed, in order.
pub type Fields = IndexMap<ImmutableString, Slot, ahash::RandomState>;

/// The value of a field: undecoded from the server, or made by the script.
#[derive(Clone, Debug)]
pub enum Slot {
    /// The type and the bytes of a value that was not changed. They are sent back unchanged.
    Raw { kind: u8, value: Bytes },
    /// A value of the script.
    Value(Dynamic),
}
