//! The state of the prompt, and what a line or a command of the prompt can do with it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::completion::CompletionIndex;
use super::input_history::InputHistory;
use super::missing_field::missing_field;
use super::prompt_text::Health;
use super::screen::Screen;
use super::show::ValuePrinter;
use super::terminal::Terminal;
use super::watching::Jobs;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::{Report, explain, explain_error};
use crate::error::{Error, ExitCode, Result};
use crate::mongo::{CallError, Client, Interrupt, StopReason};
use crate::render::highlight::{Palette, painted};
use crate::script::{Interactive, Outcome};

/// Describes the server in use, for a person.
pub type ServerStatus = Box<dyn Fn() -> Result<String>>;

/// Does a command of the course, with the words behind it, in the same terminal.
pub type Play = Box<dyn Fn(&str, &str) -> std::io::Result<()>>;

/// A line that ran.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub code: String,
    /// Whether it gave a value, which then was `_`.
    pub has_value: bool,
    /// Whether it is one expression, whose value a variable can take.
    pub is_expression: bool,
}

impl Line {
    pub(super) fn code(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            ..Self::default()
        }
    }
}

/// What the prompt does after a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextAction {
    /// Read the next line.
    Read,
    /// Read the next line, which starts with this text.
    Edit(String),
    /// Leave the program with this code.
    Leave(ExitCode),
}

/// Everything a line can change.
pub(super) struct Prompt {
    pub interactive: Interactive,
    pub printer: ValuePrinter,
    pub screen: Screen,
    pub terminal: Terminal,
    pub editor_program: String,
    pub server_status: ServerStatus,
    pub play: Play,
    /// The name of the database that `db` is.
    pub database: String,
    /// What the prompt before the line says about the servers.
    pub shown_health: Arc<Mutex<Health>>,
    /// What goes on meanwhile.
    pub jobs: Jobs,
    /// What completion knows.
    pub known: Arc<Mutex<CompletionIndex>>,
    /// The lines that ran without an error, for `:save`.
    pub done: Vec<Line>,
    /// What was typed, in earlier sessions too.
    pub typed: InputHistory,
    /// Whether each line's time is told.
    pub timed: bool,
}

impl Prompt {
    pub(super) fn session(&self) -> &Session {
        self.interactive.session()
    }

    /// Evaluates code and shows its value.
    pub(super) fn evaluate(&mut self, code: &str) -> NextAction {
        let printer = &mut self.printer;
        let mut has_value = true;
        let outcome = self.interactive.evaluate(code, &mut |value| {
            has_value = !value.is_unit();
            printer.show(&value)
        });
        if outcome.failure.is_none() {
            let is_expression = self.interactive.is_expression(code);
            self.done.push(Line {
                code: code.to_owned(),
                has_value,
                is_expression,
            });
            if !has_value && let Some(words) = missing_field(&self.interactive, code) {
                self.note(&words);
            }
        }
        self.ended(&outcome)
    }

    /// Shows more of the last cursor.
    pub(super) fn show_more(&mut self) -> NextAction {
        let printer = &mut self.printer;
        let outcome = self.interactive.run_guarded(&mut || printer.more());
        self.ended(&outcome)
    }

    /// What the session's client answers, under the same interrupt as a line. An error is told.
    pub(super) fn asked<T: Send>(
        &mut self,
        ask: impl Fn(&Client, &Interrupt) -> std::result::Result<T, CallError> + Send + Sync,
    ) -> Option<T> {
        let session = self.session().clone();
        let mut answer = None;
        let outcome = self.interactive.run_guarded(&mut || {
            answer = Some(ask(&session.client()?, session.interrupt())?);
            Ok(())
        });
        self.ended(&outcome);
        answer
    }

    /// Tells completion what there is now.
    pub(super) fn learn(&self) {
        let mut known = lock(&self.known);
        known.database.clone_from(&self.database);
        known.learn(&self.interactive);
    }

    /// Evaluates a file as if it were typed.
    pub(super) fn run_file(&mut self, path: &Path) -> NextAction {
        let printer = &mut self.printer;
        let outcome = self
            .interactive
            .evaluate_file(path, &mut |value| printer.show(&value));
        match outcome {
            Ok(outcome) => {
                if outcome.failure.is_none() {
                    self.done.extend(text_of(path));
                }
                self.ended(&outcome)
            }
            Err(error) => {
                self.error(&error);
                NextAction::Read
            }
        }
    }

    /// Tells how an evaluation ended, if that is worth telling.
    pub(super) fn ended(&self, outcome: &Outcome) -> NextAction {
        if let Some(failure) = &outcome.failure {
            self.report(&explain(failure));
        }
        if self.timed {
            self.note(&format!(
                "{:.1} ms",
                outcome.duration.as_secs_f64() * 1000.0
            ));
        }
        self.learn();
        match self.session().ending() {
            Some(Termination::Exit(code)) => NextAction::Leave(code),
            Some(Termination::ClosedPipe) => NextAction::Leave(ExitCode::DONE),
            Some(Termination::Stopped(StopReason::TimedOut)) => {
                NextAction::Leave(ExitCode::TIMED_OUT)
            }
            _ => NextAction::Read,
        }
    }

    pub(super) fn report(&self, report: &Report) {
        self.screen.tell(&report.render(self.screen.width()));
    }

    pub(super) fn error(&self, error: &Error) {
        self.report(&explain_error(error));
    }

    pub(super) fn note(&self, text: &str) {
        self.screen.tell(&painted(text, Palette::DIM));
    }
}

/// A file that ran, as a line of this session: what came later may use what it defines.
fn text_of(path: &Path) -> Option<Line> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(Line::code(&format!(
        "// {}\n{}",
        path.display(),
        text.trim_end()
    )))
}

/// A lock that outlives a panic of whoever held it: what is in these is whole at every moment.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
