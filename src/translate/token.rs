use std::ops::Range;

/// A token of a source language.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
    /// Whether a line break is before it.
    pub starts_line: bool,
    /// Whether an empty line is before it.
    pub after_gap: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Word(String),
    Number(String),
    Text(String),
    /// Python's `b"…"`.
    Bytes(Vec<u8>),
    /// The place of the text between the quotes of a template.
    Template(Range<usize>),
    Regex {
        pattern: String,
        flags: String,
    },
    Symbol(&'static str),
    Comment(String),
    /// Python: the end of a statement, and changes of the indentation.
    Newline,
    Indent,
    Dedent,
    End,
}

impl Token {
    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self.kind, TokenKind::Symbol(found) if found == symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(found) if found == word)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Returns what an error message calls it.
    pub(super) fn shown(&self, source: &str) -> String {
        match &self.kind {
            TokenKind::End => "the end".into(),
            TokenKind::Newline => "the end of the line".into(),
            TokenKind::Indent | TokenKind::Dedent => "this indentation".into(),
            _ => format!("`{}`", source.get(self.range.clone()).unwrap_or_default()),
        }
    }
}
