use std::collections::HashSet;

use super::finding::Finding;
use crate::engine::catalogue::registry;
use crate::error::Kind;
use crate::script::lexer::{self, Piece};
use crate::script::percent::{CellKind, cells};

/// Finds unknown functions and error kinds in back quotes in the prose of a script.
///
/// A name is known if the script API, Rhai, the script or the text `others` defines it.
///
/// ```
/// use seaworthy::authoring::check::unknown_names;
///
/// let text = "// %% [markdown]\n// Call `insert_one(doc)` or `insert_won(doc)`.\n";
/// let found = unknown_names("x.rhai", text, "");
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].line, &*found[0].message), (Some(2), "the text names `insert_won(…)`, which is not a function"));
/// ```
pub fn unknown_names(file: &str, text: &str, others: &str) -> Vec<Finding> {
    let mut own = defined(text);
    own.extend(defined(others));
    let mut findings = Vec::new();
    for cell in cells(text) {
        if cell.kind != CellKind::Markdown {
            continue;
        }
        let first = cell.line + usize::from(cell.has_marker());
        // The language of the open code block.
        let mut fence: Option<&str> = None;
        for (index, line) in cell.body.lines().enumerate() {
            let prose = line.trim_start().trim_start_matches('/').trim_start();
            if let Some(language) = prose.strip_prefix("```") {
                fence = match fence {
                    None => Some(language.trim()),
                    Some(_) => None,
                };
                continue;
            }
            let codes: Vec<&str> = match fence {
                Some("" | "rhai") => vec![prose],
                Some(_) => Vec::new(),
                None => line.split('`').skip(1).step_by(2).collect(),
            };
            for code in codes {
                let wrong = unknown(code, &own);
                findings.extend(wrong.map(|message| Finding::new(file, message).at(first + index)));
            }
        }
    }
    findings
}

/// Returns a message about the first unknown name in a piece of code.
fn unknown(code: &str, own: &HashSet<String>) -> Option<String> {
    let pieces: Vec<_> = lexer::lex(code)
        .into_iter()
        .filter(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment))
        .collect();
    let text = |index: usize| {
        pieces
            .get(index)
            .map_or("", |(_, range)| &code[range.clone()])
    };
    (0..pieces.len()).find_map(|index| {
        let name = text(index);
        if pieces[index].0 != Piece::Word || name.starts_with('$') {
            return None;
        }
        let is_kind = index > 1 && text(index - 1) == "::" && text(index - 2) == "errors";
        if is_kind && Kind::from_name(name).is_none() {
            return Some(format!(
                "the text names `errors::{name}`, which is not an error kind"
            ));
        }
        // Ignore `$group(`, `fn name(` and a placeholder such as `db.NAME(`.
        let is_call = text(index + 1) == "("
            && !(index > 0 && matches!(text(index - 1), "fn" | "$"))
            && !name.chars().all(|letter| !letter.is_lowercase());
        let is_known = own.contains(name) || registry().named(name).next().is_some();
        (is_call && !is_known)
            .then(|| format!("the text names `{name}(…)`, which is not a function"))
    })
}

/// Returns a script's functions and its variables, which may contain closures.
fn defined(text: &str) -> HashSet<String> {
    let words: Vec<&str> = lexer::lex(text)
        .into_iter()
        .filter(|(piece, _)| !matches!(piece, Piece::Space | Piece::Comment))
        .map(|(_, range)| &text[range])
        .collect();
    words
        .windows(2)
        .filter(|pair| matches!(pair[0], "fn" | "let" | "const"))
        .map(|pair| pair[1].to_owned())
        .collect()
}
