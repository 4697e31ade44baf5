//! The text of one cell: with comment signs in the script, without them in the notebook.

use super::file::CellType;
use crate::script::percent::{CellKind, cells};

/// The kinds of text cells in lessons and exercises, which stand after `[markdown]`.
const KINDS: [&str; 6] = [
    "lesson", "question", "predict", "exercise", "solution", "hint",
];

/// The title of the code cell that checks an exercise.
const CHECK: &str = "Check";

/// Returns the kind of a cell in a course and its title; both can be empty.
pub(super) fn kind_and_title(kind: CellKind, title: &str) -> (&str, &str) {
    match kind {
        CellKind::Code if title == CHECK => ("check", title),
        CellKind::Code => ("", title),
        CellKind::Markdown => {
            let (word, rest) = title.split_once(' ').unwrap_or((title, ""));
            match KINDS.contains(&word) {
                true => (word, rest.trim_start()),
                false => ("", title),
            }
        }
    }
}

/// Returns the line that begins a cell, as this program writes it.
pub(super) fn marker(cell_type: CellType, kind: &str, title: &str) -> String {
    let mut marker = "// %%".to_owned();
    if cell_type != CellType::Code {
        marker.push_str(" [markdown]");
        if !kind.is_empty() {
            marker.push(' ');
            marker.push_str(kind);
        }
    }
    if !title.is_empty() {
        marker.push(' ');
        marker.push_str(title);
    }
    marker
}

/// Returns whether `marker` begins a cell of this type, kind and title.
pub(super) fn is_marker_of(marker: &str, cell_type: CellType, kind: &str, title: &str) -> bool {
    let parsed = cells(marker);
    let [cell] = parsed.as_slice() else {
        return false;
    };
    !marker.contains('\n')
        && cell.has_marker()
        && type_of(cell.kind) == cell_type
        && kind_and_title(cell.kind, cell.title) == (kind, title)
}

/// Returns the type of a cell in a notebook.
pub(super) fn type_of(kind: CellKind) -> CellType {
    match kind {
        CellKind::Code => CellType::Code,
        CellKind::Markdown => CellType::Markdown,
    }
}

/// Returns the lines of a text cell without the comment signs.
pub(super) fn without_comment_signs(body: &str) -> String {
    let lines: Vec<&str> = body
        .split('\n')
        .map(|line| {
            let text = line.trim_start().strip_prefix("//");
            text.map_or(line, |text| text.strip_prefix(' ').unwrap_or(text))
        })
        .collect();
    lines.join("\n")
}

/// Returns the lines of a text cell as comments.
pub(super) fn as_comments(source: &str) -> String {
    if source.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = source
        .split('\n')
        .map(|line| match line {
            "" => "//".to_owned(),
            // With a space before the comment, the line does not begin a cell.
            line if line.trim_start().starts_with("%%") => format!(" // {line}"),
            line => format!("// {line}"),
        })
        .collect();
    lines.join("\n")
}
