//! Documents as a table: one row per document, one column per field name.

use comfy_table::{ContentArrangement, Table, presets};
use indexmap::IndexSet;
use rhai::Dynamic;

use super::values::Format;
use crate::values::document::Document;
use crate::values::show;

/// Returns whether these are documents that have on average at least half of the columns.
pub fn is_table(rows: &[Dynamic]) -> bool {
    let documents: Vec<_> = rows
        .iter()
        .filter_map(|row| row.read_lock::<Document>())
        .collect();
    if rows.is_empty() || documents.len() < rows.len() {
        return false;
    }
    let columns = columns(rows).len();
    let fields: usize = documents
        .iter()
        .filter_map(|document| document.keys().ok())
        .map(|keys| keys.len())
        .sum();
    fields * 2 >= columns * rows.len()
}

/// Returns the table, at most `width` columns wide.
pub fn table(rows: &[Dynamic], width: usize) -> String {
    let columns = columns(rows);
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(columns.iter().map(|name| one_line(name)));
    for row in rows {
        let Some(document) = row.read_lock::<Document>() else {
            continue;
        };
        table.add_row(columns.iter().map(|name| match document.get(name) {
            Ok(Some(value)) => cell(&value),
            _ => String::new(),
        }));
    }
    table.to_string()
}

/// Returns the documents as a table, with a note if there are more of them.
pub fn with_note(rows: &[Document], is_cut: bool, width: usize) -> String {
    if rows.is_empty() {
        return "no documents".to_owned();
    }
    let values: Vec<Dynamic> = rows.iter().cloned().map(Dynamic::from).collect();
    let mut text = table(&values, width);
    if is_cut {
        text.push_str(&format!("\nthe first {} documents", rows.len()));
    }
    text
}

pub fn columns(rows: &[Dynamic]) -> IndexSet<String> {
    rows.iter()
        .filter_map(|row| row.read_lock::<Document>()?.keys().ok())
        .flatten()
        .map(|name| name.to_string())
        .collect()
}

fn cell(value: &Dynamic) -> String {
    if value.is_unit() {
        return "()".to_owned();
    }
    if value.is_string() {
        return one_line(&Format::Text.render(value));
    }
    show::source(value)
}

/// Replaces control characters, which would break the table.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
