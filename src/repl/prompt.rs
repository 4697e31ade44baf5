//! The state of the prompt, which lines and commands can change.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::completion::CompletionIndex;
use super::input_history::InputHistory;
use super::missing_field::missing_field;
use super::notes;
use super::prompt_text::Health;
use super::screen::Screen;
use super::show::{Shown, ValuePrinter};
use super::terminal::Terminal;
use super::translation::Translation;
use super::watching::Jobs;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::{Report, explain, explain_error};
use crate::error::{Error, ExitCode, Result};
use crate::mongo::{CallError, Client, Interrupt, StopReason};
use crate::record::{Nanos, Recorder, Recording};
use crate::render::highlight::{Palette, painted};
use crate::script::{Interactive, Outcome};

/// Describes the server in use.
pub type ServerStatus = Box<dyn Fn() -> Result<String>>;

/// Runs a command of the course with its arguments, in the same terminal.
pub type Play = Box<dyn Fn(&str, &str) -> std::io::Result<()>>;

/// A line that ran without an error.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub code: String,
    /// Whether it returned a value, which was then in `_`.
    pub has_value: bool,
    /// Whether it is one expression, which can be assigned to a variable.
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
    /// Read the next line, which starts with the translation of this one.
    Offer(Translation),
    /// Leave the program with this code.
    Leave(ExitCode),
}

/// The state of the prompt.
pub(super) struct Prompt {
    pub interactive: Interactive,
    pub printer: ValuePrinter,
    pub screen: Screen,
    pub terminal: Terminal,
    pub editor_program: String,
    pub server_status: ServerStatus,
    pub play: Play,
    /// The name of `db`.
    pub database: String,
    /// The variable whose client `:use` selected; empty for the session's own client.
    pub client_name: String,
    /// The servers' state in the current prompt text.
    pub shown_health: Arc<Mutex<Health>>,
    /// The background watches.
    pub jobs: Jobs,
    pub completion_index: Arc<Mutex<CompletionIndex>>,
    /// The lines that ran without an error, for `:save`.
    pub finished_lines: Vec<Line>,
    pub input_history: InputHistory,
    /// Whether to show each line's duration.
    pub timed: bool,
    /// When the last line began and ended in the recording.
    pub last_line: Option<(Nanos, Nanos)>,
}

impl Prompt {
    pub(super) fn session(&self) -> &Session {
        self.interactive.session()
    }

    /// Evaluates code and shows its value.
    pub(super) fn evaluate(&mut self, code: &str) -> NextAction {
        let printer = &mut self.printer;
        let mut has_value = true;
        let mut found_nothing = false;
        let begin = self.interactive.session().recorder().map(Recorder::now);
        let outcome = self.interactive.evaluate(code, &mut |value| {
            has_value = !value.is_unit();
            let shown = printer.show(&value)?;
            found_nothing = shown == Shown::NoDocuments || notes::is_nothing(&value);
            Ok(())
        });
        self.note_time(begin);
        if outcome.failure.is_none() {
            let is_expression = self.interactive.is_expression(code);
            self.finished_lines.push(Line {
                code: code.to_owned(),
                has_value,
                is_expression,
            });
            if !has_value && let Some(words) = missing_field(&self.interactive, code) {
                self.note(&words);
            }
            let variables: notes::Variables = &|name| self.interactive.variable(name);
            if let Some(words) = notes::whole_division(variables, code) {
                self.note(&words);
            }
            if found_nothing {
                let words = self
                    .near_collection(code)
                    .or_else(|| notes::forgotten_dollar(code))
                    .or_else(|| notes::text_of_id(&|name| self.interactive.variable(name), code));
                if let Some(words) = words {
                    self.note(&words);
                }
            }
        }
        let translation = outcome.failure.as_ref().and_then(|failure| {
            let is_variable = |name: &str| self.interactive.variable(name).is_some();
            Translation::of(code, failure, &is_variable)
        });
        match translation {
            Some(translation) => {
                let language = translation.language.name();
                self.note(&format!("translated from {language}; Enter runs it"));
                NextAction::Offer(translation)
            }
            None => self.handle_outcome(&outcome),
        }
    }

    /// Returns a note about the collection that the code reads, if its name is nearly right.
    fn near_collection(&mut self, code: &str) -> Option<String> {
        let name = notes::collection_of(code)?.to_owned();
        let session = self.session().clone();
        let database = self.database.clone();
        let mut existing = Vec::new();
        // Without an answer there is no note.
        self.interactive.run_guarded(&mut || {
            let database = database.clone();
            let client = session.current_client()?;
            existing = client.call(session.interrupt(), move |session| {
                Box::pin(async move {
                    let database = session.client().database(&database);
                    database.list_collection_names().session(session).await
                })
            })?;
            Ok(())
        });
        notes::near_collection(&name, &existing)
    }

    fn note_time(&mut self, begin: Option<Nanos>) {
        let end = self.session().recorder().map(Recorder::now);
        self.last_line = begin.zip(end);
    }

    /// Returns what the last line did, if one has run.
    pub(super) fn recording_of_last_line(&self) -> Option<Recording> {
        let (from, to) = self.last_line?;
        Some(self.session().recorder()?.recording().between(from, to))
    }

    /// Shows more of the last cursor.
    pub(super) fn show_more(&mut self) -> NextAction {
        let printer = &mut self.printer;
        let outcome = self.interactive.run_guarded(&mut || printer.more());
        self.handle_outcome(&outcome)
    }

    /// Calls `ask` with the client in use, under the interrupt of a line. Shows an error.
    pub(super) fn ask_server<T: Send>(
        &mut self,
        ask: impl Fn(&Client, &Interrupt) -> std::result::Result<T, CallError> + Send + Sync,
    ) -> Option<T> {
        let session = self.session().clone();
        let mut answer = None;
        let outcome = self.interactive.run_guarded(&mut || {
            answer = Some(ask(&session.current_client()?, session.interrupt())?);
            Ok(())
        });
        self.handle_outcome(&outcome);
        answer
    }

    /// Updates completion.
    pub(super) fn learn(&self) {
        let mut known = lock(&self.completion_index);
        known.database.clone_from(&self.database);
        known.learn(&self.interactive);
    }

    /// Evaluates a file like typed lines.
    pub(super) fn run_file(&mut self, path: &Path) -> NextAction {
        let printer = &mut self.printer;
        let begin = self.interactive.session().recorder().map(Recorder::now);
        let outcome = self
            .interactive
            .evaluate_file(path, &mut |value| printer.show(&value).map(drop));
        self.note_time(begin);
        match outcome {
            Ok(outcome) => {
                if outcome.failure.is_none() {
                    self.finished_lines.extend(text_of(path));
                }
                self.handle_outcome(&outcome)
            }
            Err(error) => {
                self.error(&error);
                NextAction::Read
            }
        }
    }

    /// Shows a failure and the duration of an evaluation. Returns what to do next.
    pub(super) fn handle_outcome(&self, outcome: &Outcome) -> NextAction {
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

/// Returns a file that ran as a line for `:save`, because later lines may need it.
fn text_of(path: &Path) -> Option<Line> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(Line::code(&format!(
        "// {}\n{}",
        path.display(),
        text.trim_end()
    )))
}

/// Locks, even after a panic of another thread: the values are always consistent.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
