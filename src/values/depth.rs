//! The maximum depth of nested values.

use crate::error::Error;

/// More than a server accepts (200 levels), but small enough for the stack of every thread.
pub(crate) const MAX_DEPTH: usize = 400;

/// Returns the error for a value that is nested too deep.
pub(crate) fn too_deep() -> Error {
    Error::invalid_argument(format!(
        "a value is nested more than {MAX_DEPTH} levels deep"
    ))
    .hint("MongoDB accepts at most 200 levels: store parts in separate documents")
}
