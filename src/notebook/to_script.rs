use serde_json::{Map, Value};

use super::METADATA;
use super::cell_command;
use super::cell_text::{as_comments, is_marker_of, marker, without_comment_signs};
use super::file::{CellType, Notebook, NotebookCell};
use super::from_script::usual_tail;

/// Returns a notebook as a script, without its outputs. A cell that was edited changes only its own
/// lines.
pub fn to_script(notebook: &Notebook) -> String {
    let kept = metadata(&notebook.metadata);
    let mut text = String::new();
    for (index, cell) in notebook.cells.iter().enumerate() {
        let is_last = index + 1 == notebook.cells.len();
        add(&mut text, cell, is_last);
    }
    if kept.get("final_newline") == Some(&Value::Bool(false)) {
        text.truncate(text.strip_suffix('\n').map_or(text.len(), str::len));
    }
    if kept.get("newline").and_then(Value::as_str) == Some("\r\n") {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if kept.get("byte_order_mark") == Some(&Value::Bool(true)) {
        text.insert(0, '\u{feff}');
    }
    text
}

fn metadata(metadata: &Map<String, Value>) -> Map<String, Value> {
    match metadata.get(METADATA) {
        Some(Value::Object(kept)) => kept.clone(),
        _ => Map::new(),
    }
}

fn add(text: &mut String, cell: &NotebookCell, is_last: bool) {
    let kept = metadata(&cell.metadata);
    let get = |key: &str| kept.get(key).and_then(Value::as_str);
    // Text that is not drawn is a comment of the script.
    let cell_type = match cell.cell_type {
        CellType::Raw => CellType::Markdown,
        cell_type => cell_type,
    };
    let kind = get("kind").unwrap_or_default();
    let title = get("title").unwrap_or_default();
    let head = match get("marker") {
        // Only text at the beginning of a script can be without a marker.
        Some("") if text.is_empty() && cell_type == CellType::Code => String::new(),
        Some(head) if is_marker_of(head, cell_type, kind, title) => head.to_owned(),
        _ => {
            let usual_kind = if cell_type == CellType::Code {
                ""
            } else {
                kind
            };
            let head = marker(cell_type, usual_kind, title);
            let is_one_line = !head.contains('\n');
            if is_one_line {
                head
            } else {
                marker(cell_type, "", "")
            }
        }
    };
    // The text that was kept is used only if the cell still shows the same.
    let in_cell = |body: &str| match cell_type {
        CellType::Code => cell_command::in_cell(body),
        _ => without_comment_signs(body),
    };
    let body = match get("body") {
        Some(body) if in_cell(body) == cell.source => body.to_owned(),
        _ if cell_type == CellType::Code => cell_command::in_script(&cell.source),
        _ => as_comments(&cell.source),
    };
    let is_newlines = |tail: &&str| tail.bytes().all(|byte| byte == b'\n');
    let tail = get("tail")
        .filter(is_newlines)
        .filter(|tail| !tail.is_empty() || body.is_empty())
        .unwrap_or(usual_tail(is_last));
    if !head.is_empty() {
        text.push_str(&head);
        text.push('\n');
    }
    text.push_str(&body);
    text.push_str(tail);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::from_script;
    use super::*;

    fn there_and_back(script: &str) -> String {
        let file = from_script(script).text().unwrap();
        to_script(&Notebook::read("test", &file).unwrap())
    }

    #[test]
    fn unusual_scripts_come_back_unchanged() {
        for script in [
            "",
            "\n",
            "// %%",
            "// %%\n",
            "// %%\n// %%\n\n\n",
            "let x = 1;",
            "let x = 1;\r\n// %% a\r\nx\r\n",
            "a\r\nb\n",
            "\r\r\n",
            "\u{feff}// %% a\nx\n",
            "//%%% [md] a b=\"c\"\n//x\n\n  // y\nz\n//\n",
            "// %% [markdown]\n//  %% not a cell\n// \n",
            "#!/usr/bin/env -S seaworthy run\n// %% a = 1\nx",
            "\r// %%\r\n\u{2028}\n",
            "// %%\n// :check 8\nlet x = 1;\n\n// %%\n// :time f()\n// ?\n",
            "// :check\n\n// %%\n// :time f()\n//x\n",
            // Not valid, and unchanged.
            "?0",
            ":check 8\nx\n\n// %%\n:time f()\n",
        ] {
            assert_eq!(there_and_back(script), script, "{script:?}");
        }
    }

    #[test]
    fn an_edited_cell_changes_only_its_own_lines() {
        let script = "// by us\n\n//%%  One  \nlet x = 1;\n\n\n// %% [md] lesson minutes=\"3\"\n//a\n// %% Three\nx";
        let mut notebook = from_script(script);
        notebook.cells[1].source = "let x = 2;\nlet y = 3;".to_owned();
        assert_eq!(
            to_script(&notebook),
            script.replace("let x = 1;", "let x = 2;\nlet y = 3;")
        );
        notebook.cells[1].source = "let x = 1;".to_owned();
        notebook.cells[2].source = "a\n\nb\n%% c".to_owned();
        assert_eq!(
            to_script(&notebook),
            script.replace("//a\n", "// a\n//\n// b\n // %% c\n")
        );
    }

    #[test]
    fn metadata_of_others_cannot_hide_code() {
        let mut notebook = from_script("// %% [markdown]\n//a\n");
        let hidden = serde_json::json!({
            "marker": "// %%\nexit(1);", "body": "exit(2);", "tail": "exit(3);\n", "title": "x\nexit(4);",
        });
        notebook.cells[0].metadata.insert(METADATA.into(), hidden);
        assert_eq!(to_script(&notebook), "// %% [markdown]\n// a\n");
    }

    #[test]
    fn a_notebook_of_jupyter_becomes_a_script() {
        let file = r##"{"cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Boats\n", "\n", "They float."]},
            {"cell_type": "code", "metadata": {}, "source": "let boats = 3;", "outputs": [], "execution_count": 7},
            {"cell_type": "raw", "metadata": {"x": 1}, "source": "raw"}
        ], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}"##;
        let notebook = Notebook::read("boats.ipynb", file).unwrap();
        assert_eq!(
            to_script(&notebook),
            "// %% [markdown]\n// # Boats\n//\n// They float.\n\n// %%\nlet boats = 3;\n\n// %% [markdown]\n// raw\n"
        );
    }

    proptest! {
        #[test]
        fn scripts_come_back_unchanged(script in "(\u{feff})?(//[ \t]?%%%?( ?\\[(markdown|md)\\])?[ a=\"é]{0,5}|( |//|// )?[ -~é\t]{0,6}|\r?\n|\r){0,24}") {
            prop_assert_eq!(there_and_back(&script), script);
        }

        #[test]
        fn an_edit_stays_in_its_cell(edited in "[a-z\n]{0,12}", at in 0_usize..4) {
            let script = "a\n// %% one\nb\n\n// %% two\nc\n// %% three\n";
            let before = from_script(script);
            let mut notebook = before.clone();
            notebook.cells[at].source = edited.clone();
            let text = to_script(&notebook);
            let (own, all) = (script.find(&before.cells[at].source).unwrap_or(0), text.len());
            if at < 3 {
                prop_assert_eq!(&text[..own], &script[..own]);
                let rest = script[own + before.cells[at].source.len()..].trim_start_matches('\n');
                prop_assert!(text.ends_with(rest) && all >= own + edited.len(), "{}", text);
            }
        }
    }
}
