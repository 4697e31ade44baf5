use std::sync::Arc;

use crate::diagnose::newcomer::tokens::token_length;
use crate::error::{Error, Place};

/// Everything the program shows about an error, in the order of output.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The error's kind: `DuplicateKey`, `Script`, `Syntax`. `None` for wrong usage.
    pub kind: Option<String>,
    /// What went wrong, in one line.
    pub message: String,
    /// Where it happened.
    pub shown: Option<SourceExcerpt>,
    /// The calls that led there, innermost first.
    pub callers: Vec<CallSite>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do about it.
    pub hints: Vec<String>,
    /// The error value, if there is one: the JSON output prints all of it.
    pub error: Option<Error>,
}

/// A place in a source, with the source's text if it is known.
#[derive(Clone, Debug)]
pub struct SourceExcerpt {
    pub place: Place,
    pub text: Option<Arc<str>>,
}

/// A call or an import that led to the error.
#[derive(Clone, Debug)]
pub struct CallSite {
    /// The words before the place: `` `ship` called at ``.
    pub what: String,
    pub shown: SourceExcerpt,
}

impl SourceExcerpt {
    /// Returns the text of the line, or `None` if the text has no such line.
    pub fn line(&self) -> Option<&str> {
        let text = self.text.as_deref()?;
        // Not `lines()`: Rhai counts the empty rest behind the last `\n` as a line.
        text.split('\n').nth(self.place.line.checked_sub(1)?)
    }

    /// Moves to the end of the last line of code before, if only space lies between.
    pub fn at_the_line_before(mut self) -> Self {
        let column = self.place.column.saturating_sub(1);
        let begins_line = self
            .line()
            .is_some_and(|line| line.chars().take(column).all(char::is_whitespace));
        let text = self.text.clone().unwrap_or_default();
        let before = text
            .split('\n')
            .enumerate()
            .take(self.place.line.saturating_sub(1))
            .filter(|(_, line)| !line.trim().is_empty() && !line.contains("//"))
            .last();
        if let (true, Some((index, line))) = (begins_line, before) {
            self.place.line = index + 1;
            self.place.column = line.trim_end().chars().count() + 1;
        }
        self
    }

    /// Returns the byte range of the token in its line, or the empty range at the line's end.
    pub fn span(&self) -> std::ops::Range<usize> {
        let line = self.line().unwrap_or_default();
        let column = self.place.column.saturating_sub(1);
        let start = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(offset, _)| offset);
        start..start + length_of_token(&line[start..])
    }
}

/// Returns the length in bytes of the token at the start of `text`.
fn length_of_token(text: &str) -> usize {
    text.chars()
        .next()
        .map_or(0, |first| token_length(text, first))
}
