use std::time::Instant;

use super::outcome::Outcome;
use super::pieces::ScriptPieces;
use super::run::LastValue;
use super::run::Run;
use super::source::Source;
use crate::api::run::session::Session;
use crate::engine::LookedAt;
use crate::engine::limits::Watcher;

/// Code that runs in pieces, each with the variables and functions of the earlier ones: a lesson.
///
/// It runs on the caller's thread, which needs [`STACK_BYTES`](crate::engine::limits::STACK_BYTES)
/// of stack.
pub struct Stepwise<'a> {
    pieces: ScriptPieces,
    session: &'a Session,
}

impl<'a> Stepwise<'a> {
    /// Returns code of which no piece has run yet. `import` uses the folder of `source`.
    pub fn new(source: &Source, session: &'a Session) -> Self {
        Self {
            pieces: ScriptPieces::new(Run::new(source, session, LookedAt::default())),
            session,
        }
    }

    /// Runs `code`, which begins on line `line` of `source`. The effects of a piece that fails
    /// stay.
    pub fn step(&mut self, source: &Source, code: &str, line: usize, last: LastValue) -> Outcome {
        let started = Instant::now();
        self.session.begin();
        let watcher = Watcher::start(self.session);
        self.pieces.run.texts.insert(source.name(), source.text());
        self.pieces.run.source = source.clone();
        let mut outcome = self
            .pieces
            .evaluate(&in_its_place(code, line), |run, _, value| {
                run.handle_value(value, last)
            });
        drop(watcher);
        // An output that fails ends the next step.
        let _ = self.session.show_updates();
        outcome.duration = started.elapsed();
        outcome
    }

    /// Returns whether `code` is incomplete: it has an open bracket or an open string.
    pub fn is_unfinished(&self, code: &str) -> bool {
        use rhai::ParseErrorType::{BadInput, MissingToken, UnexpectedEOF};
        match self.pieces.run.engine.compile(code) {
            Ok(_) => false,
            Err(error) => match *error.0 {
                UnexpectedEOF => true,
                BadInput(rhai::LexError::UnterminatedString) => false,
                MissingToken(ref token, _) => {
                    matches!(token.as_str(), ")" | "]" | "}") && ends_there(code, error.1)
                }
                _ => false,
            },
        }
    }
}

impl Drop for Stepwise<'_> {
    fn drop(&mut self) {
        // Tasks, replica sets and fail points live until the last piece.
        self.session.clean_up();
    }
}

/// Puts empty lines before the code, so that its line numbers are those of the file.
fn in_its_place(code: &str, line: usize) -> String {
    let mut text = "\n".repeat(line.saturating_sub(1));
    text.push_str(code);
    text
}

/// Returns whether only spaces follow a place.
fn ends_there(code: &str, place: rhai::Position) -> bool {
    let last = code.trim_end().lines().count();
    place.is_none() || place.line().is_none_or(|line| line >= last)
}
