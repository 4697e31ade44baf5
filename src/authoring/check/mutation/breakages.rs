use super::edit::Edit;
use super::statements;
use super::tokens::{Token, Tokens};
use crate::error::Kind;
use crate::script::lexer::Piece;

/// Returns the automatic mutations.
pub(super) fn edits(tokens: &Tokens) -> Vec<Edit> {
    let mut edits = statements::edits(tokens);
    for index in 0..tokens.list.len() {
        pairs(tokens, index, &mut edits);
        chain(tokens, index, &mut edits);
        condition(tokens, index, &mut edits);
        let changes = match tokens.list[index].piece {
            Piece::Number => numbers(tokens, index),
            Piece::Text { .. } => texts(tokens.at(index)),
            Piece::Operator => comparison(tokens, index),
            Piece::Keyword | Piece::Word => words(tokens, index),
            _ => Vec::new(),
        };
        for change in changes {
            let what = format!("change `{}` to `{change}`", tokens.at(index));
            edits.push(Edit::new(what, tokens.span(index, index), change));
        }
    }
    edits
}

/// Removes each `key: value` of a document, with one neighbouring comma.
fn pairs(tokens: &Tokens, open: usize, edits: &mut Vec<Edit>) {
    let (Token { other, .. }, "#{") = (&tokens.list[open], tokens.at(open)) else {
        return;
    };
    let Some(close) = *other else {
        return;
    };
    let mut start = open + 1;
    while start < close {
        let comma = tokens.find(start, close, |token, _| token.piece == Piece::Comma);
        let stop = comma.unwrap_or(close);
        if stop > start {
            let key = tokens.at(start).trim_matches('"');
            let what = format!("drop `{key}`");
            // Remove the comma and the space after it, or else the comma before it.
            let range = match comma {
                Some(comma) if comma + 1 < close => {
                    tokens.list[start].range.start..tokens.list[comma + 1].range.start
                }
                Some(comma) => tokens.span(start, comma),
                None if start > open + 1 => tokens.span(start - 1, stop - 1),
                None => tokens.span(start, stop - 1),
            };
            edits.push(Edit::new(what, range, ""));
        }
        start = stop + 1;
    }
}

/// Removes a call inside a chain (`.sort(…)`), and the options at the end of a call.
fn chain(tokens: &Tokens, open: usize, edits: &mut Vec<Edit>) {
    let Some(close) = tokens.list[open].other.filter(|close| *close > open) else {
        return;
    };
    if tokens.at(open) != "(" || open < 2 {
        return;
    }
    let name = tokens.at(open - 1);
    if tokens.list[open - 1].piece != Piece::Word {
        return;
    }
    if tokens.at(open - 2) == "." && tokens.at(close + 1) == "." {
        let what = format!("drop `.{name}(…)`");
        edits.push(Edit::new(what, tokens.span(open - 2, close), ""));
    }
    let mut comma = None;
    let mut from = open + 1;
    while let Some(next) = tokens.find(from, close, |token, _| token.piece == Piece::Comma) {
        comma = Some(next);
        from = next + 1;
    }
    if let Some(comma) = comma
        && tokens.at(comma + 1) == "#{"
    {
        let what = format!("drop the options of `{name}`");
        edits.push(Edit::new(what, tokens.span(comma, close - 1), ""));
    }
}

/// Negates the condition of `if` and `while`.
fn condition(tokens: &Tokens, at: usize, edits: &mut Vec<Edit>) {
    if let Some(body) = body_of(tokens, at) {
        let range = tokens.span(at + 1, body - 1);
        let turned = format!("!({})", &tokens.text[range.clone()]);
        edits.push(Edit::new("negate the condition", range, turned));
    }
}

/// Returns the start of the block of the `if` or `while` at `at`.
fn body_of(tokens: &Tokens, at: usize) -> Option<usize> {
    if !matches!(tokens.at(at), "if" | "while") || tokens.at(at + 1).is_empty() {
        return None;
    }
    tokens
        .find(at + 1, tokens.list.len(), |_, text| {
            text == "{" || text == ";"
        })
        .filter(|body| tokens.at(*body) == "{" && *body > at + 1)
}

/// Inverts a comparison, unless `condition` already negates the whole condition.
fn comparison(tokens: &Tokens, index: usize) -> Vec<String> {
    let turned = match tokens.at(index) {
        "==" => "!=",
        "!=" => "==",
        "<" => ">=",
        ">=" => "<",
        ">" => "<=",
        "<=" => ">",
        "&&" => "||",
        "||" if is_between_values(tokens, index) => "&&",
        _ => return Vec::new(),
    };
    let is_whole_condition = (0..index).any(|at| {
        body_of(tokens, at).is_some_and(|body| {
            let others = (at + 1..body).any(|other| matches!(tokens.at(other), "&&" | "||"));
            index > at && index < body && !others
        })
    });
    if is_whole_condition {
        Vec::new()
    } else {
        vec![turned.to_owned()]
    }
}

/// Returns whether `||` is an operator and not the start of a closure.
fn is_between_values(tokens: &Tokens, index: usize) -> bool {
    index > 0
        && matches!(
            tokens.list[index - 1].piece,
            Piece::Word | Piece::Number | Piece::Close | Piece::Text { .. }
        )
}

/// Returns a much smaller number; for the value of an option also a much larger one.
fn numbers(tokens: &Tokens, index: usize) -> Vec<String> {
    let text = tokens.at(index).replace('_', "");
    if let Ok(number) = text.parse::<i64>() {
        let less = match number {
            0 => 1,
            1 => 0,
            2..=9 => 1,
            more => more / 10,
        };
        let is_option = index > 0 && tokens.at(index - 1) == ":";
        let more = (is_option && number >= 10).then(|| number.saturating_mul(10));
        return [Some(less), more]
            .into_iter()
            .flatten()
            .map(|number| number.to_string())
            .collect();
    }
    match text.parse::<f64>() {
        Ok(number) if number != 0.0 => vec![format!("{:?}", number / 10.0)],
        Ok(_) => vec!["1.0".to_owned()],
        Err(_) => Vec::new(),
    }
}

/// Returns replacements for strings that the server or the driver interprets.
fn texts(text: &str) -> Vec<String> {
    let inside = text.trim_matches(['"', '`']);
    let others: &[&str] = match inside {
        "majority" => return vec!["1".to_owned()],
        "read" => &["readWrite"],
        "readWrite" => &["dbOwner", "read"],
        "before" => &["after"],
        "after" => &["before"],
        "primary" => &["secondary"],
        "updateLookup" | "required" | "whenAvailable" => &["default"],
        "insert" => &["delete"],
        "update" | "delete" | "replace" => &["insert"],
        _ => &[],
    };
    let kinds = Kind::from_name(inside).map(|kind| other_kind(kind).to_owned());
    others
        .iter()
        .map(|other| (*other).to_owned())
        .chain(kinds)
        .map(|other| format!("\"{other}\""))
        .collect()
}

fn words(tokens: &Tokens, index: usize) -> Vec<String> {
    let text = tokens.at(index);
    let is_kind = index > 1 && tokens.at(index - 1) == "::" && tokens.at(index - 2) == "errors";
    match text {
        "true" => vec!["false".to_owned()],
        "false" => vec!["true".to_owned()],
        _ if is_kind => Kind::from_name(text)
            .map(|kind| other_kind(kind).to_owned())
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn other_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => Kind::DuplicateKey.name(),
        _ => Kind::Network.name(),
    }
}
