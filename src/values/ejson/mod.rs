//! MongoDB Extended JSON v2, both directions, one file each. The `bson` crate's own conversions go through a document
//! type that forgets integer widths in the relaxed form; these keep every type and the order of fields.

mod read;
pub mod write;

pub use read::{parse, parse_plain};
pub use write::{Mode, canonical, relaxed, write};
