//! The main loop: reads a line, runs it, shows its result.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use super::background_messages;
use super::commands;
use super::completion::CompletionIndex;
use super::early_connection::connect_in_background;
use super::editor::{self, Assistant};
use super::history::HistoryFile;
use super::input_history::InputHistory;
use super::prompt::{NextAction, Play, Prompt, ServerStatus, lock};
use super::prompt_text::{self, Health};
use super::screen::Screen;
use super::secrets::carries_a_password;
use super::settings::PromptSettings;
use super::show::{OutputMode, ValuePrinter};
use super::terminal::Terminal;
use super::watching::Jobs;
use crate::api::run::session::Session;
use crate::error::ExitCode;
use crate::mongo::StopReason;
use crate::render::highlight::{Palette, painted};
use crate::repl::completion::server_names::ServerNames;
use crate::script::Interactive;

/// The arguments of [`run`].
pub struct Start {
    pub session: Session,
    pub screen: Screen,
    pub settings: PromptSettings,
    pub mode: OutputMode,
    /// The history file.
    pub history: Option<PathBuf>,
    /// A script that runs before the first line.
    pub init: Option<PathBuf>,
    /// The program that `:edit` starts.
    pub editor: String,
    pub server_status: ServerStatus,
    pub play: Play,
    /// Whether to leave out the greeting.
    pub quiet: bool,
}

/// Reads and evaluates lines until the user leaves. Returns the exit code.
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
        input_history: InputHistory::new(start.settings.history_size),
        shown_health: Arc::new(Mutex::new(Health::Unknown)),
        jobs: Jobs::default(),
        database: session.database_name().to_owned(),
        client_name: String::new(),
        completion_index: Arc::new(Mutex::new(CompletionIndex {
            database: session.database_name().to_owned(),
            names: Some(ServerNames::new(
                &session,
                start.settings.completion_sampling,
            )),
            commands: commands::names(),
            ..CompletionIndex::default()
        })),
        finished_lines: Vec::new(),
        last_line: None,
        timed: false,
    };
    let assistant = Assistant::new(Arc::clone(&prompt.completion_index));
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
        // Only with a printer: otherwise the editor reads whole lines, not keys.
        prompt.terminal = Terminal::take();
    }
    let history = HistoryFile::new(start.history, start.settings.history_size);
    history.load(&mut editor);
    for line in editor.history().iter() {
        prompt.input_history.push(line.clone());
    }
    if !start.quiet {
        screen.tell(&greeting());
    }
    connect_in_background(&session);
    background_messages::watch(&prompt);
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
        &format!(
            "seaworthy {version}: `help` shows help, `:lesson` starts the course, Ctrl-D leaves"
        ),
        Palette::DIM,
    )
}

impl Prompt {
    fn read_lines(
        &mut self,
        editor: &mut Editor<Assistant, FileHistory>,
        history: &HistoryFile,
    ) -> ExitCode {
        let mut initial_text = String::new();
        loop {
            let health = prompt_text::of(self.session());
            let prompt = prompt_text::prompt(&self.client_name, &self.database, &health);
            *lock(&self.shown_health) = health;
            self.screen.set_editing(true);
            let read =
                editor.readline_with_initial(&prompt, (&std::mem::take(&mut initial_text), ""));
            self.screen.set_editing(false);
            // After Ctrl-Z, the shell has changed the terminal's modes.
            self.terminal.hold();
            if let Some(failure) = self.interactive.task_failures().take() {
                background_messages::report_task_failure(&self.screen, &failure);
            }
            let after = match read {
                Ok(line) if editor.helper().is_some_and(Assistant::is_discarded) => {
                    self.line_discarded(&line)
                }
                Ok(line) => {
                    history.add(editor, &line);
                    let after = self.take(&line);
                    if !line.trim().is_empty() && !carries_a_password(&line) {
                        self.input_history.push(line);
                    }
                    after
                }
                Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => NextAction::Read,
                Err(ReadlineError::Eof) => NextAction::Leave(ExitCode::DONE),
                Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                    self.note("the input is not valid UTF-8; the line was discarded");
                    NextAction::Read
                }
                Err(error) => {
                    self.note(&format!("the terminal cannot be read: {error}"));
                    NextAction::Leave(ExitCode::DONE)
                }
            };
            match after {
                NextAction::Read => {}
                NextAction::Edit(text) => initial_text = text,
                NextAction::Offer(translation) => {
                    initial_text.clone_from(&translation.text);
                    if let Some(assistant) = editor.helper_mut() {
                        assistant.offer(translation);
                    }
                }
                NextAction::Leave(code) => return code,
            }
        }
    }

    fn line_discarded(&self, line: &str) -> NextAction {
        if line.trim().is_empty() {
            self.note("Ctrl-D or `:quit` leaves");
        }
        NextAction::Read
    }

    /// Runs a line: a command of the prompt, or code.
    fn take(&mut self, line: &str) -> NextAction {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return NextAction::Read;
        }
        // Pasted blocks often begin with `use NAME`.
        if let Some((first, rest)) = trimmed.split_once('\n')
            && let ["use" | ":use", _] = first.split_whitespace().collect::<Vec<_>>()[..]
        {
            commands::take(self, first.trim_end_matches([';', ' ']));
            return self.take(rest);
        }
        if let Some(after) = commands::take(self, trimmed) {
            return after;
        }
        self.evaluate(line)
    }
}
