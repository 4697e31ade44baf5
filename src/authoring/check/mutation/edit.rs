use std::ops::Range;

/// A piece of text to be put in the place of another.
pub(super) struct Edit {
    pub what: String,
    pub range: Range<usize>,
    pub with: String,
}
