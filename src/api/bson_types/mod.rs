//! BSON's own types as scripts see them, one a file. ObjectId, DateTime, Timestamp and Decimal128 are the `bson` crate's.

mod binary;
mod code;
mod db_pointer;
mod keys;
mod regex;
mod symbol;
mod undefined;

pub use binary::Binary;
pub use code::Code;
pub use db_pointer::DbPointer;
pub use keys::{MaxKey, MinKey};
pub use regex::Regex;
pub use symbol::Symbol;
pub use undefined::Undefined;
