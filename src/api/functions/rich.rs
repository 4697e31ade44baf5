//! How a value of a script is shown: as a table, as a picture, or as `print` shows it.

use rhai::{Array, Dynamic, NativeCallContext};

use super::output::shown;
use crate::api::call::function_error::FunctionError;
use crate::api::handles::cursor::Cursor;
use crate::api::run::rich_value::{MOST_ROWS, RichValue};
use crate::mongo::CallError;
use crate::plot::Plot;
use crate::values::document::Document;

/// Returns a value as front ends show it.
///
/// # Errors
/// The server's error while a cursor is read.
pub fn rich(
    context: &NativeCallContext,
    value: &Dynamic,
) -> std::result::Result<RichValue, FunctionError> {
    match table_or_plot(value)? {
        Some(rich) => Ok(rich),
        None => Ok(RichValue::Value(shown(context, value)?)),
    }
}

/// Returns the table or the plot of a value, or `None` if it has neither.
///
/// # Errors
/// The server's error while a cursor is read.
pub fn table_or_plot(value: &Dynamic) -> std::result::Result<Option<RichValue>, CallError> {
    if let Some(cursor) = value.read_lock::<Cursor>() {
        let mut rows = Vec::new();
        while rows.len() < MOST_ROWS
            && let Some(document) = cursor.next_document()?
        {
            rows.push(document);
        }
        let is_cut = rows.len() == MOST_ROWS;
        return Ok(Some(RichValue::Table { rows, is_cut }));
    }
    if let Some(plot) = value.read_lock::<Plot>() {
        return Ok(Some(RichValue::Plot(plot.clone())));
    }
    if let Some(array) = value.read_lock::<Array>()
        && let Some(rows) = documents(&array)
    {
        let is_cut = array.len() > MOST_ROWS;
        return Ok(Some(RichValue::Table { rows, is_cut }));
    }
    Ok(None)
}

/// Returns the first documents of an array, or `None` if an element is not a Document.
fn documents(array: &Array) -> Option<Vec<Document>> {
    let first = array.iter().take(MOST_ROWS);
    let rows: Option<Vec<Document>> = first
        .map(|element| element.read_lock::<Document>().map(|row| row.clone()))
        .collect();
    rows.filter(|rows| !rows.is_empty())
}
