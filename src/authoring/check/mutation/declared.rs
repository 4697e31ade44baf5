use super::edit::Edit;
use super::tokens::Tokens;
use super::{breakages, statements};
use crate::script::lexer::{self, Piece};

/// Returns the mutations that the author declares in a comment above the line to change.
///
/// `// mutation: forget the index` removes the statement or option that begins on the next line.
/// ``// mutation: widen the role: `"readWrite"` -> `"root"` `` replaces a text on the next line.
pub(super) fn edits(tokens: &Tokens) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (piece, range) in lexer::lex(tokens.text) {
        let comment = &tokens.text[range.clone()];
        let words = comment.trim_start_matches('/').trim();
        let Some(words) = words.strip_prefix("mutation:").map(str::trim) else {
            continue;
        };
        if piece != Piece::Comment {
            continue;
        }
        let next = tokens
            .list
            .iter()
            .position(|token| token.range.start > range.end);
        edits.extend(next.and_then(|next| edit(tokens, next, words)));
    }
    edits
}

fn edit(tokens: &Tokens, next: usize, words: &str) -> Option<Edit> {
    let start = tokens.list[next].range.start;
    if let Some((name, from, to)) = replacement(words) {
        let line_end = tokens.text[start..]
            .find('\n')
            .map_or(tokens.text.len(), |length| start + length);
        let at = start + tokens.text[start..line_end].find(from)?;
        return Some(Edit::new(name, at..at + from.len(), to));
    }
    let dropped = dropped(tokens, start)?;
    Some(Edit {
        what: words.to_owned(),
        ..dropped
    })
}

/// Returns the edit that removes the option or the statement at `start`, even a `let`.
fn dropped(tokens: &Tokens, start: usize) -> Option<Edit> {
    let automatic = breakages::edits(tokens).into_iter().find(|edit| {
        edit.range.start == start && (edit.what.starts_with("drop") || edit.with == "()")
    });
    automatic.or_else(|| {
        statements::whole(tokens, start).map(|range| Edit::new("drop the statement", range, ""))
    })
}

/// Parses `` NAME: `FROM` -> `TO` ``.
fn replacement(words: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = words.split_once(": `")?;
    let (from, rest) = rest.split_once("` -> `")?;
    let to = rest.strip_suffix('`')?;
    (!from.is_empty()).then_some((name.trim(), from, to))
}
