//! The loop: read a line, do what it says, show what came of it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bson::doc;
use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use super::commands;
use super::completion::CompletionIndex;
use super::editor::{self, Assistant};
use super::history::HistoryFile;
use super::input_history::InputHistory;
use super::meanwhile;
use super::prompt::{NextAction, Play, Prompt, ServerStatus, lock};
use super::prompt_text::{self, Health};
use super::screen::Screen;
use super::secrets::carries_a_password;
use super::settings::PromptSettings;
use super::show::{OutputMode, ValuePrinter};
use super::terminal::Terminal;
use super::watching::Jobs;
use crate::api::run::session::Session;
use crate::engine::catalogue::registry;
use crate::error::ExitCode;
use crate::mongo::{Interrupt, StopReason};
use crate::render::highlight::{Palette, painted};
use crate::repl::completion::server_names::ServerNames;
use crate::script::Interactive;

/// How long the first look at the server may take before nobody waits for its answer any more.
const FIRST_LOOK: Duration = Duration::from_secs(30);

/// What a prompt is started with.
pub struct Start {
    pub session: Session,
    pub screen: Screen,
    pub settings: PromptSettings,
    pub mode: OutputMode,
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

/// Reads and evaluates lines until somebody leaves, and returns the code to leave with.
pub fn run(start: Start) -> ExitCode {
    let Start {
        session, screen, ..
    } = &start;
    let (session, screen) = (session.clone(), screen.clone());
    let mut prompt = Prompt {
        printer: ValuePrinter::new(
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
        && let NextAction::Leave(code) = prompt.run_file(init)
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
                Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => NextAction::Read,
                Err(ReadlineError::Eof) => NextAction::Leave(ExitCode::DONE),
                Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                    self.note("what was typed is no UTF-8, and the line was thrown away");
                    NextAction::Read
                }
                Err(error) => {
                    self.note(&format!("the terminal cannot be read: {error}"));
                    NextAction::Leave(ExitCode::DONE)
                }
            };
            match after {
                NextAction::Read => {}
                NextAction::Edit(text) => begun = text,
                NextAction::Leave(code) => return code,
            }
        }
    }

    fn thrown_away(&self, line: &str) -> NextAction {
        if line.trim().is_empty() {
            self.note("Ctrl-D or `:quit` leaves");
        }
        NextAction::Read
    }

    /// Does what a line says: a command of the prompt, or code.
    fn take(&mut self, line: &str) -> NextAction {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return NextAction::Read;
        }
        if let Some(after) = commands::take(self, trimmed) {
            return after;
        }
        self.evaluate(line)
    }
}
