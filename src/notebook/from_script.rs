use serde_json::{Map, Value, json};

use super::METADATA;
use super::cell_command;
use super::cell_id::CellIds;
use super::cell_text::{
    as_comments, is_marker_of, kind_and_title, marker, type_of, without_comment_signs,
};
use super::file::{CellType, Notebook, NotebookCell};
use crate::course::exercise::{is_exercise, is_solution};
use crate::course::lesson::is_lesson;
use crate::script::percent::{Cell, cells};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns a script as a notebook. [`to_script`](super::to_script) makes the same script of it,
/// byte for byte.
///
/// What a script cannot be made of again stands in the metadata: a marker, empty lines or comment
/// signs that are not the usual ones.
pub fn from_script(script: &str) -> Notebook {
    let mut kept = Map::new();
    let mut text = script;
    if let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK) {
        kept.insert("byte_order_mark".into(), true.into());
        text = rest;
    }
    let mut text = text.to_owned();
    let unix = text.replace("\r\n", "\n");
    let has_only_crlf = !unix.contains('\r') && unix.replace('\n', "\r\n") == text;
    if unix.len() != text.len() && has_only_crlf {
        kept.insert("newline".into(), "\r\n".into());
        text = unix;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        kept.insert("final_newline".into(), false.into());
        text.push('\n');
    }
    if let Some(kind) = kind_of_script(&text) {
        kept.insert("kind".into(), kind.into());
    }
    let parsed = cells(&text);
    let mut ids = CellIds::default();
    let notebook_cells = parsed
        .iter()
        .enumerate()
        .map(|(index, cell)| notebook_cell(cell, index + 1 == parsed.len(), &mut ids))
        .collect();
    let mut notebook = Notebook::new(notebook_cells);
    if !kept.is_empty() {
        notebook.metadata.insert(METADATA.into(), kept.into());
    }
    notebook
}

fn kind_of_script(text: &str) -> Option<&'static str> {
    match text {
        text if is_lesson(text) => Some("lesson"),
        text if is_exercise(text) => Some("exercise"),
        text if is_solution(text) => Some("solution"),
        _ => None,
    }
}

fn notebook_cell(cell: &Cell, is_last: bool, ids: &mut CellIds) -> NotebookCell {
    let cell_type = type_of(cell.kind);
    let (kind, title) = kind_and_title(cell.kind, cell.title);
    let body = cell.body.trim_end_matches('\n');
    let tail = &cell.body[body.len()..];
    let source = match cell_type {
        CellType::Code => cell_command::in_cell(body),
        CellType::Markdown | CellType::Raw => without_comment_signs(body),
    };
    let mut kept = Map::new();
    let mut keep = |key: &str, value: &str| drop(kept.insert(key.to_owned(), json!(value)));
    if !kind.is_empty() {
        keep("kind", kind);
    }
    if !title.is_empty() {
        keep("title", title);
    }
    let head = cell.raw[..cell.raw.len() - cell.body.len()].trim_end_matches('\n');
    let usual_kind = if cell_type == CellType::Code {
        ""
    } else {
        kind
    };
    if head != marker(cell_type, usual_kind, title) {
        debug_assert!(head.is_empty() || is_marker_of(head, cell_type, kind, title));
        keep("marker", head);
    }
    let usual_body = match cell_type {
        CellType::Code => cell_command::in_script(&source),
        CellType::Markdown | CellType::Raw => as_comments(&source),
    };
    if usual_body != body {
        keep("body", body);
    }
    if tail != usual_tail(is_last) {
        keep("tail", tail);
    }
    let id = ids.unique(name_for_id(kind, title, &source), &source);
    let mut cell = NotebookCell::new(cell_type, id, source);
    if !kept.is_empty() {
        cell.metadata.insert(METADATA.into(), Value::Object(kept));
    }
    cell
}

/// Returns the end of a cell: one empty line before the next one.
pub(super) fn usual_tail(is_last: bool) -> &'static str {
    if is_last { "\n" } else { "\n\n" }
}

/// Returns what an id can be made of: the title, the first heading, or the kind.
fn name_for_id<'a>(kind: &'a str, title: &'a str, source: &'a str) -> &'a str {
    if !title.is_empty() {
        return title;
    }
    let heading = source.lines().find(|line| line.starts_with('#'));
    let heading = heading.filter(|_| kind != "check");
    heading.unwrap_or(if source.is_empty() { kind } else { "" })
}
