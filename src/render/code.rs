//! Syntax colours and line numbers for the code of lessons.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

const KEYWORD: Style = AnsiColor::Magenta.on_default();
const TEXT: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Yellow.on_default();
const CALL: Style = AnsiColor::Blue.on_default();
const COMMENT: Style = AnsiColor::BrightBlack.on_default();
const GUTTER: Style = AnsiColor::BrightBlack.on_default();

const KEYWORDS: &[&str] = &[
    "as", "break", "catch", "const", "continue", "do", "else", "export", "false", "fn", "for",
    "if", "import", "in", "let", "loop", "private", "return", "switch", "this", "throw", "true",
    "try", "until", "while",
];

/// Returns `code` with ANSI colours and otherwise unchanged.
///
/// ```
/// use seaworthy::render::highlight;
///
/// let code = "let x = `a`; // why";
/// assert_eq!(anstream::adapter::strip_str(&highlight(code)).to_string(), code);
/// ```
pub fn highlight(code: &str) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (length, style) = token(rest, first);
        let (text, after) = rest.split_at(length);
        match style {
            // A colour ends at the end of its line, so that each line can be drawn alone.
            Some(style) => {
                let lines: Vec<String> = text
                    .split('\n')
                    .map(|line| format!("{style}{line}{style:#}"))
                    .collect();
                out.push_str(&lines.join("\n"));
            }
            None => out.push_str(text),
        }
        rest = after;
    }
    out
}

/// Returns highlighted code with its line numbers in the file.
pub fn listing(code: &str, first_line: usize) -> String {
    let highlighted = highlight(code);
    let last = first_line + highlighted.lines().count();
    let width = last.to_string().len().max(3);
    let mut out = String::new();
    for (index, line) in highlighted.lines().enumerate() {
        let number = first_line + index;
        let _ = writeln!(out, "{GUTTER}{number:>width$} │{GUTTER:#} {line}");
    }
    out
}

/// Returns the length in bytes of the token at the start of `rest`, and its colour.
fn token(rest: &str, first: char) -> (usize, Option<Style>) {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Some(COMMENT));
    }
    if rest.starts_with("/*") {
        return (
            rest.find("*/").map_or(rest.len(), |end| end + 2),
            Some(COMMENT),
        );
    }
    if matches!(first, '"' | '`' | '\'') {
        return (quoted(rest, first), Some(TEXT));
    }
    if first.is_ascii_digit() {
        let end = rest
            .find(|letter: char| !is_word(letter) && letter != '.')
            .unwrap_or(rest.len());
        // `0..30` is two numbers.
        let end = rest.find("..").map_or(end, |range| range.min(end));
        return (end, Some(NUMBER));
    }
    if is_word(first) {
        let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let style = if KEYWORDS.contains(&&rest[..end]) {
            Some(KEYWORD)
        } else if rest[end..].starts_with('(') {
            Some(CALL)
        } else {
            None
        };
        return (end, style);
    }
    (first.len_utf8(), None)
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if letter == quote => return offset + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}
