use rhai::{EvalAltResult, ParseErrorType};

use super::tokens::{SourceToken, tokens};
use crate::diagnose::report::SourceExcerpt;
use crate::engine::names::Names;
use crate::script::Failure;

/// Where a script went wrong, as the rules look at it.
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
        failure: &'a Failure,
        error: &'a EvalAltResult,
        shown: &'a SourceExcerpt,
    ) -> Option<Self> {
        let text = shown.text.as_deref()?;
        // Larger scripts are not what newcomers write, and looking at all of it would take a while.
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
            names: &failure.names,
            text,
            tokens,
            index,
            offset,
            line,
        })
    }

    /// What does not parse, if that is the error.
    pub(super) fn syntax(&self) -> Option<&'a ParseErrorType> {
        match self.error {
            EvalAltResult::ErrorParsing(error, _) => Some(error),
            _ => None,
        }
    }

    /// The token that the parser wanted, if it missed one.
    pub(super) fn missing(&self) -> Option<&'a str> {
        match self.syntax()? {
            ParseErrorType::MissingToken(token, _) => Some(token),
            _ => None,
        }
    }

    /// The token at the place (0), after it (1, 2 …) or before it (-1, -2 …); nothing where there is none.
    pub(super) fn token(&self, distance: isize) -> &'a str {
        self.index
            .checked_add_signed(distance)
            .and_then(|index| self.tokens.get(index))
            .map_or("", |token| token.text)
    }

    /// Whether a word or sign stands on the line of the place, outside strings.
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
