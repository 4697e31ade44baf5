//! How deep values may be nested.

use crate::error::Error;

/// Deeper nesting than any server takes (its limit is 200 levels), and shallow enough for any stack.
pub(crate) const MAX_DEPTH: usize = 400;

/// The error for a value that is nested too deep to be read to its end.
pub(crate) fn too_deep() -> Error {
    Error::invalid_argument(format!(
        "a value is nested more than {MAX_DEPTH} levels deep"
    ))
    .hint("MongoDB takes 200 levels at the most: keep parts in documents of their own")
}
