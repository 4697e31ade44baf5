//! The tokenizer of JavaScript.

use crate::translate::problem::{Problem, Result};
use crate::translate::scan::{Scan, is_word_letter, is_word_start};
use crate::translate::token::{Token, TokenKind};

/// All symbols, the longest first. `#{` is our own start of a document.
const SYMBOLS: &[&str] = &[
    ">>>=", "===", "!==", "...", "**=", "&&=", "||=", "??=", "<<=", ">>=", ">>>", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>",
    "#{", "{", "}", "(", ")", "[", "]", ",", ";", ":", ".", "=", "<", ">", "+", "-", "*", "/", "%",
    "!", "?", "&", "|", "^", "~",
];

/// Returns the tokens of `source` from `start` on. The last one is [`TokenKind::End`].
pub(super) fn tokens(source: &str, start: usize) -> Result<Vec<Token>> {
    let mut scan = Scan { source, at: start };
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        let space = scan.take_while(char::is_whitespace);
        let breaks = space.matches('\n').count();
        let start = scan.at;
        let kind = match scan.peek() {
            None => TokenKind::End,
            Some(first) => token(&mut scan, first, tokens.last())?,
        };
        let is_end = kind == TokenKind::End;
        tokens.push(Token {
            kind,
            range: start..scan.at,
            starts_line: breaks > 0,
            after_gap: breaks > 1,
        });
        if is_end {
            return Ok(tokens);
        }
    }
}

fn token(scan: &mut Scan, first: char, before: Option<&Token>) -> Result<TokenKind> {
    let start = scan.at;
    if scan.eat("//") {
        let text = scan.take_while(|c| c != '\n').trim().to_owned();
        return Ok(TokenKind::Comment(text));
    }
    if scan.eat("/*") {
        let end = scan.rest().find("*/");
        let end = end.ok_or_else(|| Problem::new("this comment is not closed", start))?;
        let lines = scan.rest()[..end].lines();
        let lines: Vec<&str> = lines
            .map(|line| line.trim().trim_matches('*').trim())
            .collect();
        let text = lines.join("\n").trim().to_owned();
        scan.at += end + 2;
        return Ok(TokenKind::Comment(text));
    }
    match first {
        '\'' | '"' => Ok(TokenKind::Text(scan.string(&first.to_string(), false)?)),
        '`' => template(scan),
        '/' if begins_value(before) => regex(scan),
        '0'..='9' => Ok(TokenKind::Number(scan.number()?)),
        _ if is_word_start(first) => {
            Ok(TokenKind::Word(scan.take_while(is_word_letter).to_owned()))
        }
        _ => scan
            .symbol(SYMBOLS)
            .map(TokenKind::Symbol)
            .ok_or_else(|| Problem::new(format!("`{first}` is not understood here"), start)),
    }
}

/// Returns whether a value can follow the token. A `/` is then the start of a regular expression.
fn begins_value(before: Option<&Token>) -> bool {
    match before.map(|token| &token.kind) {
        Some(TokenKind::Symbol(symbol)) => !matches!(*symbol, ")" | "]" | "}"),
        Some(TokenKind::Word(word)) => matches!(word.as_str(), "return" | "typeof" | "case"),
        Some(TokenKind::Comment(_)) | None => true,
        _ => false,
    }
}

fn regex(scan: &mut Scan) -> Result<TokenKind> {
    let start = scan.at;
    scan.at += 1;
    let mut pattern = String::new();
    let mut in_class = false;
    loop {
        let letter = scan.bump();
        match letter {
            None | Some('\n') => {
                return Err(Problem::new("this regular expression is not closed", start));
            }
            Some('\\') => match scan.bump() {
                // Only JavaScript escapes the slash.
                Some('/') => pattern.push('/'),
                next => {
                    pattern.push('\\');
                    pattern.extend(next);
                }
            },
            Some('/') if !in_class => break,
            Some(letter) => {
                in_class = letter == '[' || (in_class && letter != ']');
                pattern.push(letter);
            }
        }
    }
    let flags = scan.take_while(|c| c.is_ascii_alphabetic()).to_owned();
    Ok(TokenKind::Regex { pattern, flags })
}

/// Reads a template as raw text. The parser reads the values in it.
fn template(scan: &mut Scan) -> Result<TokenKind> {
    let begin = scan.at;
    scan.at += 1;
    let start = scan.at;
    let mut depth = 0_usize;
    loop {
        match scan.bump() {
            None => return Err(Problem::new("this string is not closed", begin)),
            Some('\\') => drop(scan.bump()),
            Some('$') if depth == 0 && scan.eat("{") => depth = 1,
            Some('{') if depth > 0 => depth += 1,
            Some('}') if depth > 0 => depth -= 1,
            Some('`') if depth == 0 => break,
            Some('`') => {
                return Err(Problem::new(
                    "a template inside a template is not translated",
                    begin,
                ));
            }
            Some(_) => {}
        }
    }
    Ok(TokenKind::Template(start..scan.at - 1))
}
