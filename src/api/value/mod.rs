//! Values on their way between Rhai and BSON.

pub mod canonical;
pub mod compare;
pub mod convert;
pub mod decimal;
pub mod decode;
pub(crate) mod dismantle;
pub mod ejson;
pub mod encode;
mod fields;
pub mod number;
pub mod show;
pub mod words;

pub use fields::{Fields, Slot};

use crate::error::Error;

/// Deeper nesting than any server takes (its limit is 200 levels), and shallow enough for any stack.
pub(crate) const MAX_DEPTH: usize = 400;

/// The error for a value that cannot be looked at to its end.
pub(crate) fn too_deep() -> Error {
    Error::invalid_argument(format!(
        "a value is nested more than {MAX_DEPTH} levels deep"
    ))
    .hint("MongoDB takes 200 levels at the most: keep parts in documents of their own")
}
