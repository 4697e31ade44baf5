//! Splits a text into its statements at the top level, also if it cannot be parsed.

use std::ops::Range;

/// Returns the lines of each statement that is not inside another one, as ranges in bytes.
///
/// ```
/// use seaworthy::translate::chunks;
///
/// let text = "let a = [\n  1,\n];\n\nprint(a)";
/// let found: Vec<&str> = chunks(text).into_iter().map(|range| &text[range]).collect();
/// assert_eq!(found, ["let a = [\n  1,\n];", "print(a)"]);
/// ```
#[must_use]
pub fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut state = State::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_inside = state.is_inside();
        state.read(line);
        let end = start + line.trim_end().len();
        let is_blank = line.trim().is_empty();
        match chunks.last_mut() {
            Some(last) if is_inside || (!is_blank && continues(line)) => {
                last.end = end.max(last.end);
            }
            _ if is_blank => {}
            _ => chunks.push(start..end),
        }
        start += line.len();
    }
    chunks
}

/// Returns whether a line belongs to the statement above.
fn continues(line: &str) -> bool {
    let code = line.trim_start();
    let first = code
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    line.starts_with([' ', '\t'])
        || code.starts_with(['.', ')', ']', '}', '?'])
        || matches!(first, "else" | "elif" | "except" | "catch" | "finally")
}

/// What is open at the end of a line.
#[derive(Default)]
struct State {
    depth: usize,
    /// The quotes of a string of several lines, or the end of a comment.
    until: Option<&'static str>,
}

impl State {
    fn is_inside(&self) -> bool {
        self.depth > 0 || self.until.is_some()
    }

    fn read(&mut self, line: &str) {
        let mut rest = line;
        while let Some(letter) = rest.chars().next() {
            let length = match self.until {
                Some(end) if rest.starts_with(end) => {
                    self.until = None;
                    end.len()
                }
                Some(_) if letter == '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                Some(_) => letter.len_utf8(),
                None => match self.begin(rest, letter) {
                    Some(length) => length,
                    None => break,
                },
            };
            rest = &rest[length..];
        }
        if matches!(self.until, Some("\"" | "'")) {
            self.until = None;
        }
    }

    /// Reads one character outside of strings. Returns `None` at a comment.
    fn begin(&mut self, rest: &str, letter: char) -> Option<usize> {
        let quotes = ["\"\"\"", "'''", "`", "\"", "'"];
        if let Some(quote) = quotes.into_iter().find(|quote| rest.starts_with(quote)) {
            self.until = Some(quote);
            return Some(quote.len());
        }
        match letter {
            '/' if rest.starts_with("//") => return None,
            '#' if !rest.starts_with("#{") => return None,
            '/' if rest.starts_with("/*") => {
                self.until = Some("*/");
                return Some(2);
            }
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Some(letter.len_utf8())
    }
}
