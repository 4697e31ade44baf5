use std::ops::Range;

use crate::script::lexer::{Piece, lex};

/// One piece of code, with its position in the whole text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub piece: Piece,
    pub text: &'a str,
    pub at: usize,
}

/// Returns the pieces of `code` without spaces and comments.
///
/// The code inside a template, `${…}`, follows the template between two brackets.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    collect(code, 0..code.len(), &mut tokens);
    tokens
}

fn collect<'a>(code: &'a str, range: Range<usize>, tokens: &mut Vec<Token<'a>>) {
    for (piece, inner) in lex(&code[range.clone()]) {
        if matches!(piece, Piece::Space | Piece::Comment) {
            continue;
        }
        let at = range.start + inner.start;
        let text = &code[at..range.start + inner.end];
        tokens.push(Token { piece, text, at });
        if text.starts_with('`') {
            templates(code, at..at + text.len(), tokens);
        }
    }
}

/// Collects the code in the `${…}` of a template.
fn templates<'a>(code: &'a str, range: Range<usize>, tokens: &mut Vec<Token<'a>>) {
    let mut at = range.start;
    while let Some(found) = code[at..range.end].find("${") {
        let start = at + found;
        let end = start + closing(&code[start..range.end]);
        tokens.push(Token {
            piece: Piece::Open,
            text: &code[start..start + 2],
            at: start,
        });
        collect(code, start + 2..end, tokens);
        tokens.push(Token {
            piece: Piece::Close,
            text: "}",
            at: end,
        });
        at = (end + 1).min(range.end);
    }
}

/// Returns the position of the bracket that closes the `${` at the start of `text`.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (piece, range) in lex(&text[2..]) {
        match piece {
            Piece::Open => depth += 1,
            Piece::Close if depth == 0 => return range.start + 2,
            Piece::Close => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
