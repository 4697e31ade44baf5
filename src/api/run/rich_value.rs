use rhai::Dynamic;

use crate::plot::Plot;
use crate::values::document::Document;

/// The most rows that a table shows.
pub const MOST_ROWS: usize = 100;

/// A value as front ends show it: each chooses text, a table, or a picture.
#[derive(Clone, Debug)]
pub enum RichValue {
    Plot(Plot),
    /// One row for each document. `is_cut` says that there are, or may be, more documents.
    Table {
        rows: Vec<Document>,
        is_cut: bool,
    },
    /// Any other value, as `print` shows it.
    Value(Dynamic),
}
