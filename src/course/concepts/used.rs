use std::collections::HashSet;

use super::options::options;
use super::tokens::{Token, tokens};
use crate::engine::language;
use crate::script::lexer::Piece;

/// A concept that a piece of code uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub concept: String,
    /// The line in the code, from 0.
    pub line: usize,
}

/// Returns the concepts that `code` uses, each at its first use. `own` are functions of the script.
///
/// ```
/// use seaworthy::course::concepts::used;
///
/// let found = used("let t = db.t;\nt.update_one(#{}, #{ \"$set\": 1 }, #{ upsert: true });", &[]);
/// let names: Vec<&str> = found.iter().map(|one| &*one.concept).collect();
/// assert_eq!(names, ["let", "update_one", "document", "$set", "upsert:", "true"]);
/// assert_eq!(found[1].line, 1);
/// ```
pub fn used(code: &str, own: &[String]) -> Vec<Use> {
    let tokens = tokens(code);
    let options: HashSet<usize> = options(&tokens).into_iter().collect();
    let mut found: Vec<Use> = Vec::new();
    for index in 0..tokens.len() {
        let concept = match options.contains(&index) {
            true => Some(format!("{}:", tokens[index].text.trim_matches('"'))),
            false => concept(&tokens, index, own),
        };
        let Some(concept) = concept else { continue };
        if found.iter().all(|one| one.concept != concept) {
            let line = code[..tokens[index].at].matches('\n').count();
            found.push(Use { concept, line });
        }
    }
    found
}

/// Returns the functions that a script defines, and its variables, which may hold closures.
pub(crate) fn defined(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let named = tokens
        .windows(2)
        .filter(|pair| matches!(pair[0].text, "fn" | "let" | "const"));
    named.map(|pair| pair[1].text.to_owned()).collect()
}

fn concept(tokens: &[Token], index: usize, own: &[String]) -> Option<String> {
    let token = &tokens[index];
    let before = |count: usize| {
        let at = index.checked_sub(count)?;
        tokens.get(at)
    };
    let text = |token: Option<&Token>| token.map_or("", |token| token.text).to_owned();
    let previous = before(1);
    // After a value, a bracket is a call or an index, and `|` is an operator.
    let is_after_value = previous.is_some_and(|one| {
        matches!(
            one.piece,
            Piece::Word | Piece::Close | Piece::Number | Piece::Text { .. }
        )
    });
    let word = |name: &str| language::page(name).map(|page| page.name().to_owned());
    match token.piece {
        Piece::Keyword => word(token.text),
        Piece::Open => match token.text {
            "#{" => word("document"),
            "[" if !is_after_value => word("array"),
            "(" if !is_after_value && text(tokens.get(index + 1)) == ")" => word("nothing"),
            _ => None,
        },
        Piece::Text { .. } if token.text.starts_with('`') => word("template"),
        Piece::Text { .. } if text(tokens.get(index + 1)) == ":" => operator(token.text),
        Piece::Operator if token.text.starts_with('|') && !is_after_value => word("closure"),
        Piece::Operator => word(token.text),
        Piece::Word if text(before(2)) == "errors" && text(previous) == "::" => {
            Some(format!("errors::{}", token.text))
        }
        Piece::Word if text(tokens.get(index + 1)) == "(" => {
            let is_own = own.iter().any(|name| name == token.text);
            match text(previous).as_str() {
                "fn" => None,
                "::" => Some(format!("{}::{}", text(before(2)), token.text)),
                "." | "?." => Some(token.text.to_owned()),
                _ if is_own => None,
                _ => Some(token.text.to_owned()),
            }
        }
        _ => None,
    }
}

/// Returns the operator of MongoDB that is the key of a field: `$set` for `"$set"`.
fn operator(text: &str) -> Option<String> {
    let name = text.trim_matches('"');
    name.starts_with('$').then(|| name.to_owned())
}
