use rhai::{EvalAltResult, ParseErrorType};

use super::tokens::{SourceToken, tokens};
use crate::diagnose::report::SourceExcerpt;
use crate::engine::names::Names;
use crate::script::Origin;

/// The place of an error, with its tokens, for the rules.
pub(super) struct Spot<'a> {
    pub error: &'a EvalAltResult,
    pub names: &'a Names,
    /// The whole text.
    pub text: &'a str,
    pub tokens: Vec<SourceToken<'a>>,
    /// The index of the first token at or after the place.
    pub index: usize,
    /// The place, in bytes of the text.
    pub offset: usize,
    /// The line of the place.
    pub line: &'a str,
}

impl<'a> Spot<'a> {
    pub(super) fn new(
        origin: &'a Origin,
        error: &'a EvalAltResult,
        shown: &'a SourceExcerpt,
    ) -> Option<Self> {
        let text = shown.text.as_deref()?;
        // Tokenizing a larger script would take too long.
        if text.len() > 1 << 20 {
            return None;
        }
        let line = shown.line()?;
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        let offset = start + shown.span().start;
        let tokens = tokens(text);
        let index = tokens.partition_point(|token| token.offset < offset);
        Some(Self {
            error,
            names: &origin.names,
            text,
            tokens,
            index,
            offset,
            line,
        })
    }

    /// Returns the parse error, if it is one.
    pub(super) fn syntax(&self) -> Option<&'a ParseErrorType> {
        match self.error {
            EvalAltResult::ErrorParsing(error, _) => Some(error),
            _ => None,
        }
    }

    /// Returns the token that the parser expected, if one was missing.
    pub(super) fn missing(&self) -> Option<&'a str> {
        match self.syntax()? {
            ParseErrorType::MissingToken(token, _) => Some(token),
            _ => None,
        }
    }

    /// Returns the token at the place (0), after it (1, 2 …) or before it (-1, -2 …).
    ///
    /// Returns an empty text outside the script.
    pub(super) fn token(&self, distance: isize) -> &'a str {
        self.index
            .checked_add_signed(distance)
            .and_then(|index| self.tokens.get(index))
            .map_or("", |token| token.text)
    }

    /// Returns whether the line contains this word or operator outside strings.
    pub(super) fn line_has(&self, wanted: &str) -> bool {
        self.line_tokens().any(|token| token.text == wanted)
    }

    pub(super) fn line_tokens(&self) -> impl Iterator<Item = &SourceToken<'a>> {
        let start = self.line.as_ptr() as usize - self.text.as_ptr() as usize;
        let end = start + self.line.len();
        self.tokens
            .iter()
            .filter(move |token| token.offset >= start && token.offset < end)
    }
}
