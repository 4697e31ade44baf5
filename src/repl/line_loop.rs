//! The loop: read a line, do what it says, show what came of it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bson::doc;
use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use super::commands::{self, After};
use super::completion::CompletionIndex;
use super::editor::{self, Assistant};
use super::history::HistoryFile;
use super::input_history::InputHistory;
use super::meanwhile;
use super::missing_field::missing_field;
use super::prompt_text::{self, Health};
use super::screen::Screen;
use super::secrets::carries_a_password;
use super::settings::Settings;
use super::show::{Mode, ValuePrinter};
use super::terminal::Terminal;
use super::watching::Jobs;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::diagnose::{Report, explain, explain_error};
use crate::engine::catalogue::registry;
use crate::error::{Error, ExitCode, Result};
use crate::mongo::{Client, Failure, Interrupt, StopReason};
use crate::render::highlight::{Palette, painted};
use crate::repl::completion::server_names::ServerNames;
use crate::script::{Interactive, Outcome};

/// How long the first look at the server may take before nobody waits for its answer any more.
const FIRST_LOOK: Duration = Duration::from_secs(30);

/// Describes the server in use, for a person.
pub type ServerStatus = Box<dyn Fn() -> Result<String>>;

/// A line that ran.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub code: String,
    /// Whether it gave a value, which then was `_`.
    pub has_value: bool,
    /// Whether it is one expression, whose value a variable can take.
    pub is_expression: bool,
}

impl Line {
    pub fn code(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            ..Self::default()
        }
    }
}

/// Does a command of the course, with the words behind it, in the same terminal.
pub type Play = Box<dyn Fn(&str, &str) -> std::io::Result<()>>;

/// What a prompt is started with.
pub struct Start {
    pub session: Session,
    pub screen: Screen,
    pub settings: Settings,
    pub mode: Mode,
    /// Where lines are kept.
    pub history: Option<PathBuf>,
    /// A script that runs before the first line.
    pub init: Option<PathBuf>,
    /// The program that `:edit` starts.
    pub editor: String,
    /// Describes the server in use.
    pub server_status: ServerStatus,
    pub play: Play,
    /// Whether nobody wants to be greeted.
    pub quiet: bool,
}

/// Everything a line can change.
pub struct Prompt {
    pub interactive: Interactive,
    pub shower: ValuePrinter,
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

/// Reads and evaluates lines until somebody leaves, and returns the code to leave with.
pub fn run(start: Start) -> ExitCode {
    let Start {
        session, screen, ..
    } = &start;
    let (session, screen) = (session.clone(), screen.clone());
    let mut prompt = Prompt {
        shower: ValuePrinter::new(
            screen.clone(),
            session.clone(),
            start.settings.page_size,
            start.mode,
        ),
        interactive: Interactive::new(&session),
        screen: screen.clone(),
        terminal: Terminal::default(),
        editor_program: start.editor,
        server_status: start.server_status,
        play: start.play,
        typed: InputHistory::new(start.settings.history_size),
        shown_health: Arc::new(Mutex::new(Health::Unknown)),
        jobs: Jobs::default(),
        database: session.database_name().to_owned(),
        known: Arc::new(Mutex::new(CompletionIndex {
            database: session.database_name().to_owned(),
            names: Some(ServerNames::new(
                &session,
                start.settings.completion_sampling,
            )),
            commands: commands::names(),
            ..CompletionIndex::default()
        })),
        done: Vec::new(),
        timed: false,
    };
    let assistant = Assistant::new(Arc::clone(&prompt.known));
    let opened = editor::open(&start.settings, assistant, screen.has_colour());
    let mut editor = match opened {
        Ok(editor) => editor,
        Err(error) => {
            screen.tell(&format!("the terminal cannot be used: {error}"));
            return ExitCode::THREW;
        }
    };
    if let Ok(printer) = editor.create_external_printer() {
        screen.attach(printer);
        // Where there is no printer, the editor reads whole lines from whatever it was given.
        prompt.terminal = Terminal::take();
    }
    let history = HistoryFile::new(start.history, start.settings.history_size);
    history.load(&mut editor);
    for line in editor.history().iter() {
        prompt.typed.push(line.clone());
    }
    if !start.quiet {
        screen.tell(&greeting());
    }
    join_meanwhile(&session);
    meanwhile::watch(&prompt);
    if let Some(init) = &start.init
        && let After::Leave(code) = prompt.run_file(init)
    {
        return code;
    }
    let code = prompt.read_lines(&mut editor, &history);
    session.interrupt().stop(StopReason::Ended);
    session.finish();
    code
}

fn greeting() -> String {
    let version = env!("CARGO_PKG_VERSION");
    painted(
        &format!("seaworthy {version}: `help` shows what there is, Ctrl-D leaves"),
        Palette::DIM,
    )
}

/// Looks for the server while the first line is typed. What goes wrong is told when a line needs the server.
fn join_meanwhile(session: &Session) {
    let session = session.clone();
    let _ = thread::Builder::new().name("join".into()).spawn(move || {
        let opened = session.client();
        // Read now, so that the first Tab does not wait for it.
        registry();
        let Ok(client) = opened else {
            return;
        };
        let limit = Interrupt::new(Instant::now().checked_add(FIRST_LOOK));
        let _ = client.call(&limit, move |session| {
            Box::pin(async move {
                let admin = session.client().database("admin");
                admin.run_command(doc! { "ping": 1 }).session(session).await
            })
        });
    });
}

impl Prompt {
    fn read_lines(
        &mut self,
        editor: &mut Editor<Assistant, FileHistory>,
        history: &HistoryFile,
    ) -> ExitCode {
        let mut begun = String::new();
        loop {
            let health = prompt_text::of(self.session());
            let prompt = prompt_text::prompt(&self.database, &health);
            *lock(&self.shown_health) = health;
            self.screen.set_editing(true);
            let read = editor.readline_with_initial(&prompt, (&std::mem::take(&mut begun), ""));
            self.screen.set_editing(false);
            // Whoever was suspended comes back to a terminal as the shell left it.
            self.terminal.hold();
            if let Some(failure) = self.interactive.task_failures().take() {
                meanwhile::tell_of_task(&self.screen, &failure);
            }
            let after = match read {
                Ok(line) if editor.helper().is_some_and(Assistant::is_thrown_away) => {
                    self.thrown_away(&line)
                }
                Ok(line) => {
                    history.add(editor, &line);
                    let after = self.take(&line);
                    if !line.trim().is_empty() && !carries_a_password(&line) {
                        self.typed.push(line);
                    }
                    after
                }
                Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => After::Stay,
                Err(ReadlineError::Eof) => After::Leave(ExitCode::DONE),
                Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                    self.note("what was typed is no UTF-8, and the line was thrown away");
                    After::Stay
                }
                Err(error) => {
                    self.note(&format!("the terminal cannot be read: {error}"));
                    After::Leave(ExitCode::DONE)
                }
            };
            match after {
                After::Stay => {}
                After::Edit(text) => begun = text,
                After::Leave(code) => return code,
            }
        }
    }

    fn thrown_away(&self, line: &str) -> After {
        if line.trim().is_empty() {
            self.note("Ctrl-D or `:quit` leaves");
        }
        After::Stay
    }

    pub fn session(&self) -> &Session {
        self.interactive.session()
    }

    /// Does what a line says: a command of the prompt, or code.
    fn take(&mut self, line: &str) -> After {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return After::Stay;
        }
        if let Some(after) = commands::take(self, trimmed) {
            return after;
        }
        self.evaluate(line)
    }

    /// Evaluates code and shows its value.
    pub fn evaluate(&mut self, code: &str) -> After {
        let shower = &mut self.shower;
        let mut has_value = true;
        let outcome = self.interactive.evaluate(code, &mut |value| {
            has_value = !value.is_unit();
            shower.show(&value)
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
    pub fn show_more(&mut self) -> After {
        let shower = &mut self.shower;
        let outcome = self.interactive.run_guarded(&mut || shower.more());
        self.ended(&outcome)
    }

    /// What the session's client answers, under the same interrupt as a line. An error is told.
    pub fn asked<T: Send>(
        &mut self,
        ask: impl Fn(&Client, &Interrupt) -> std::result::Result<T, Failure> + Send + Sync,
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
    pub fn learn(&self) {
        let mut known = lock(&self.known);
        known.database.clone_from(&self.database);
        known.learn(&self.interactive);
    }

    /// Evaluates a file as if it were typed.
    pub fn run_file(&mut self, path: &std::path::Path) -> After {
        let shower = &mut self.shower;
        let outcome = self
            .interactive
            .evaluate_file(path, &mut |value| shower.show(&value));
        match outcome {
            Ok(outcome) => {
                if outcome.failure.is_none() {
                    self.done.extend(text_of(path));
                }
                self.ended(&outcome)
            }
            Err(error) => {
                self.error(&error);
                After::Stay
            }
        }
    }

    /// Tells how an evaluation ended, if that is worth telling.
    pub fn ended(&self, outcome: &Outcome) -> After {
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
            Some(Termination::Exit(code)) => After::Leave(code),
            Some(Termination::ClosedPipe) => After::Leave(ExitCode::DONE),
            Some(Termination::Stopped(StopReason::TimedOut)) => After::Leave(ExitCode::TIMED_OUT),
            _ => After::Stay,
        }
    }

    pub fn report(&self, report: &Report) {
        self.screen.tell(&report.render(self.screen.width()));
    }

    pub fn error(&self, error: &Error) {
        self.report(&explain_error(error));
    }

    pub fn note(&self, text: &str) {
        self.screen.tell(&painted(text, Palette::DIM));
    }
}

/// A file that ran, as a line of this session: what came later may use what it defines.
fn text_of(path: &std::path::Path) -> Option<Line> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(Line::code(&format!(
        "// {}\n{}",
        path.display(),
        text.trim_end()
    )))
}

/// A lock that outlives a panic of whoever held it: what is in these is whole at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
