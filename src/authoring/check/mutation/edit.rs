use std::ops::Range;

/// A replacement of one piece of text by another.
pub(super) struct Edit {
    pub what: String,
    pub range: Range<usize>,
    pub with: String,
}
