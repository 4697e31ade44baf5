//! MongoDB Extended JSON v2: one file to read it, one to read it fast, and one to write it. The conversions of the `bson`
//! crate lose integer widths in the relaxed form; these keep all types and the order of fields.

mod read;
mod to_bson;
pub mod write;

pub use read::{parse, parse_plain};
pub use to_bson::to_bson;
pub use write::{Mode, canonical, relaxed, write};
