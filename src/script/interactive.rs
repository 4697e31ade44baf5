//! Evaluates the lines of the prompt one after another in one scope.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Token};

use super::failure::Cause;
use super::outcome::Outcome;
use super::pieces::ScriptPieces;
use super::run::{Run, done, thread_failed};
use super::source::Source;
use crate::api::functions::output::ending_of;
use crate::api::run::output_origin;
use crate::api::run::session::Session;
use crate::api::run::termination::stopped;
use crate::engine::limits::{STACK_BYTES, Watcher};
use crate::engine::names::Names;
use crate::engine::tokens;
use crate::engine::{LookedAt, Texts};
use crate::error::ExitCode;
use crate::mongo::CallError;

/// The name of the prompt's lines in messages.
pub const PROMPT: &str = "<prompt>";

/// The variable with the last value.
pub const LAST: &str = "_";

/// Rhai counts lines up to 65,535.
const MAX_LINES: usize = 60_000;

/// Handles the value of a line, on the same thread and under the same interrupt as the line.
pub type ValueSink<'a> = dyn FnMut(Dynamic) -> Result<(), CallError> + Send + 'a;

/// An engine that keeps the variables, functions, closures and imports of earlier lines.
///
/// Lines that define functions or closures are kept as if they were one script, so that an error in
/// an earlier function shows its line. Other lines are removed, because they cannot fail later.
pub struct Interactive {
    pieces: ScriptPieces,
    /// The lines that are kept.
    text: String,
    lines: usize,
    /// Where `_` means the last value in the current line.
    places: Arc<Mutex<HashSet<(usize, usize)>>>,
}

impl Interactive {
    pub fn new(session: &Session) -> Self {
        let mut run = Run::new(&Source::code(PROMPT, ""), session, LookedAt::default());
        let places: Arc<Mutex<HashSet<(usize, usize)>>> = Arc::default();
        read_last_value(&mut run.engine, &places);
        Self {
            pieces: ScriptPieces::new(run),
            text: String::new(),
            lines: 0,
            places,
        }
    }

    pub fn session(&self) -> &Session {
        &self.pieces.run.session
    }

    pub fn engine(&self) -> &Engine {
        &self.pieces.run.engine
    }

    pub fn variables(&self) -> impl Iterator<Item = (&str, Dynamic)> {
        self.pieces
            .scope
            .iter_raw()
            .map(|(name, _, value)| (name, value.flatten_clone()))
    }

    /// Returns access to the tasks that fail while no line runs.
    pub fn task_failures(&self) -> TaskFailures {
        TaskFailures {
            session: self.pieces.run.session.clone(),
            texts: self.pieces.run.texts.clone(),
        }
    }

    /// Returns whether the code is one expression and not a statement.
    pub fn is_expression(&self, code: &str) -> bool {
        self.pieces.run.engine.compile_expression(code).is_ok()
    }

    /// Returns the names of the functions that were defined.
    pub fn function_names(&self) -> Vec<String> {
        self.pieces
            .functions
            .iter_functions()
            .map(|function| function.name.to_owned())
            .filter(|name| !name.contains('$'))
            .collect()
    }

    pub fn variable(&self, name: &str) -> Option<Dynamic> {
        self.pieces.scope.get(name).map(Dynamic::flatten_clone)
    }

    /// Removes all variables, functions and imports.
    pub fn forget(&mut self) {
        *self = Self::new(&self.pieces.run.session.clone());
    }

    /// Returns how many earlier lines stand before the next input in the source [`PROMPT`].
    pub fn lines_before_next(&mut self) -> usize {
        if self.lines > MAX_LINES {
            self.text.clear();
            self.lines = 0;
        }
        self.lines
    }

    /// Evaluates one or more lines. Variables and functions stay even after an error.
    pub fn evaluate(&mut self, input: &str, handle_value: &mut ValueSink) -> Outcome {
        self.lines_before_next();
        let before = (self.text.len(), self.lines);
        let text = format!("{}{input}", "\n".repeat(self.lines));
        let _ = writeln!(self.text, "{input}");
        self.lines += input.split('\n').count();
        self.pieces
            .run
            .texts
            .insert(PROMPT, &self.text.as_str().into());
        let outcome = self.evaluate_source(Source::code(PROMPT, &text), handle_value);
        if !self.pieces.defines {
            self.text.truncate(before.0);
            self.lines = before.1;
        }
        outcome
    }

    /// Evaluates a script file like lines of the prompt.
    ///
    /// # Errors
    /// `InvalidArgument` if the file does not exist or is not text.
    pub fn evaluate_file(
        &mut self,
        path: &Path,
        handle_value: &mut ValueSink,
    ) -> crate::error::Result<Outcome> {
        let source = Source::file(path)?;
        self.pieces.run.texts.insert(source.name(), source.text());
        Ok(self.evaluate_source(source, handle_value))
    }

    /// Runs an action that is not a script, under the same interrupt as a line.
    pub fn run_guarded(
        &mut self,
        act: &mut (dyn FnMut() -> Result<(), CallError> + Send + '_),
    ) -> Outcome {
        self.pieces.run.source = Source::code(PROMPT, "");
        self.guarded(|this| match act() {
            Ok(()) => done(Dynamic::UNIT, ExitCode::DONE),
            Err(failure) => this.pieces.run.ended(raised(failure), &AST::empty()),
        })
    }

    fn evaluate_source(&mut self, source: Source, handle_value: &mut ValueSink) -> Outcome {
        self.pieces.run.source = source;
        self.guarded(|this| this.run_line(handle_value))
    }

    /// Runs an action on a thread with enough stack, which Ctrl-C can end.
    fn guarded(&mut self, act: impl FnOnce(&mut Self) -> Outcome + Send) -> Outcome {
        let started = Instant::now();
        let session = self.pieces.run.session.clone();
        // A Ctrl-C that came after the end of the last line does not count for this one.
        session.interrupt().rearm();
        session.begin();
        let watcher = Watcher::start(&session);
        let origin = output_origin::current();
        let ended = thread::scope(|scope| {
            thread::Builder::new()
                .name("line".into())
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, || {
                    output_origin::enter(origin);
                    act(self)
                })
                .ok()
                .and_then(|thread| thread.join().ok())
        });
        drop(watcher);
        let mut outcome = ended.unwrap_or_else(|| thread_failed(&self.pieces.run.source));
        outcome.duration = started.elapsed();
        outcome
    }

    fn run_line(&mut self, handle_value: &mut ValueSink) -> Outcome {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) =
            places_of_last_value(self.pieces.run.source.text());
        let text = Arc::clone(self.pieces.run.source.text());
        let session = self.pieces.run.session.clone();
        self.pieces.evaluate(&text, |_, scope, value| {
            if !value.is_unit() {
                let _ = scope.remove::<Dynamic>(LAST);
                scope.push_dynamic(LAST, value.flatten_clone());
            }
            // Updates of displays come before the value of the line.
            session
                .show_updates()
                .map_err(|error| session.end(ending_of(&error)))?;
            handle_value(value).map_err(raised)?;
            Ok(Dynamic::UNIT)
        })
    }
}

/// The errors of tasks that were not joined, with the data that a report needs.
pub struct TaskFailures {
    session: Session,
    texts: Texts,
}

impl TaskFailures {
    /// Returns the first unreported error. A call that was ended because of it can then continue.
    pub fn take(&self) -> Option<super::failure::Failure> {
        let error = self.session.run_state().take_failed_task()?;
        self.session.interrupt().clear_task_failure();
        Some(super::failure::Failure {
            cause: Cause::Rhai(error),
            stage: super::failure::Stage::Run,
            origin: super::failure::Origin {
                source: PROMPT.to_owned(),
                texts: self.texts.clone(),
                names: Names::default(),
            },
        })
    }
}

/// Returns what showing a value threw.
fn raised(failure: CallError) -> Box<EvalAltResult> {
    match failure {
        CallError::Error(error) => error.into(),
        CallError::Stopped(stop) => stopped(stop),
    }
}

/// Makes `_` a variable at the places of [`places_of_last_value`]. To Rhai it is only the default
/// arm of a `switch`.
fn read_last_value(engine: &mut Engine, places: &Arc<Mutex<HashSet<(usize, usize)>>>) {
    let places = Arc::clone(places);
    tokens::register(engine, move |token, position| {
        let place = (
            position.line().unwrap_or(0),
            position.position().unwrap_or(0),
        );
        let is_last = token == Token::Underscore
            && places
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&place);
        if is_last {
            Token::Identifier(Box::new(LAST.into()))
        } else {
            token
        }
    });
}

/// Returns every `_` that is not an arm of a `switch`, by line and column.
fn places_of_last_value(text: &str) -> HashSet<(usize, usize)> {
    let mut places = HashSet::new();
    let (mut line, mut column) = (1, 1);
    for (at, letter) in text.char_indices() {
        // The arrow of an arm may be on a later line.
        let rest = text[at + letter.len_utf8()..].trim_start();
        let is_arm = rest.starts_with("=>") || rest.starts_with("if ");
        if letter == '_' && !is_arm {
            places.insert((line, column));
        }
        (line, column) = match letter {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        };
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_arm_is_not_the_last_value() {
        let places = |text: &str| {
            let mut places: Vec<_> = places_of_last_value(text).into_iter().collect();
            places.sort_unstable();
            places
        };
        assert_eq!(places("_ + 1"), [(1, 1)]);
        assert_eq!(
            places("switch x {\n    1 => _,\n    _ =>\n        2,\n}"),
            [(2, 10)]
        );
        assert_eq!(places("switch x {\n    _\n        => 2,\n}"), []);
        assert_eq!(places("switch x { _ if x > 1 => _ }"), [(1, 26)]);
        assert_eq!(places("\"größe\" + _"), [(1, 11)]);
    }
}
