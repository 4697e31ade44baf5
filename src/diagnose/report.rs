use std::sync::Arc;

use crate::diagnose::newcomer::tokens::token_length;
use crate::error::{Error, Place};

/// An error as it is shown: everything a person or a program is told about it, in order.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The error's kind: `DuplicateKey`, `Script`, `Syntax`; none for wrong usage.
    pub kind: Option<String>,
    /// What went wrong, in one line.
    pub message: String,
    /// Where.
    pub shown: Option<SourceExcerpt>,
    /// Who called: the innermost first.
    pub callers: Vec<CallSite>,
    /// What else is known.
    pub notes: Vec<String>,
    /// What to do about it.
    pub hints: Vec<String>,
    /// The error value itself, where there is one: for programs that read all of it.
    pub error: Option<Error>,
}

/// A place, with the text it lies in where we have that.
#[derive(Clone, Debug)]
pub struct SourceExcerpt {
    pub place: Place,
    pub text: Option<Arc<str>>,
}

/// Somebody who called the function, or imported the script, in which it went wrong.
#[derive(Clone, Debug)]
pub struct CallSite {
    /// What they did: `` `ship` called at ``.
    pub what: String,
    pub shown: SourceExcerpt,
}

impl SourceExcerpt {
    /// The line the place lies on. A line that no longer exists is none.
    pub fn line(&self) -> Option<&str> {
        let text = self.text.as_deref()?;
        // Rhai counts a script's end as a line of its own.
        text.split('\n').nth(self.place.line.checked_sub(1)?)
    }

    /// The end of the last line of code before this place, if nothing but space is between them.
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

    /// Where in the line it is, as a range of bytes: the word or the sign there, or the empty end of the line.
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

/// How long the token at the start of `text` is, in bytes.
fn length_of_token(text: &str) -> usize {
    text.chars()
        .next()
        .map_or(0, |first| token_length(text, first))
}
