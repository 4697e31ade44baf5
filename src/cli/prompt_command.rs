//! `seaworthy` without a subcommand: the prompt.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use super::environment::Environment;
use super::settings::Settings;
use super::settings::{PROMPT_URI, TRIAL_SERVER};
use super::streams::Streams;
use super::{editor, server_command, session, signals};
use crate::api::run::displays::DisplayUpdates;
use crate::api::run::event::{Event, Output};
use crate::api::run::session::Session;
use crate::diagnose::explain_usage;
use crate::error::redact;
use crate::error::{ExitCode, Result};
use crate::mongo::Interrupt;
use crate::record::Recorder;
use crate::render::View;
use crate::render::highlight::{Palette, painted};
use crate::render::{Format, trace_line, warning_line};
use crate::repl::settings::Colour;
use crate::repl::{self, OutputMode, Screen, Start};
use crate::server::{self, Progress};
use crate::terminal::{PROSE_WIDTH, Size, fitting, takes_colours};

/// Opens the prompt, and returns when the user leaves it.
pub(super) fn run(settings: &Settings, run_init: bool, view: View, streams: Streams) -> ExitCode {
    let folder = configuration(&settings.server.environment);
    let read = folder.as_ref().map_or_else(
        || Ok(repl::PromptSettings::default()),
        |folder| repl::PromptSettings::read(&folder.join("config.toml")),
    );
    let (decided, wrong) = match read {
        Ok(decided) => (decided, None),
        // An error in `config.toml` must not prevent the prompt.
        Err(error) => (repl::PromptSettings::default(), Some(error)),
    };
    let screen = Screen::new(
        streams.out,
        has_colour(
            decided.colour,
            &settings.server.environment,
            streams.out_is_terminal,
        ),
        width,
    );
    let session = match open(settings, view.format, &screen) {
        Ok(session) => session,
        Err(error) => {
            screen.tell(&view.report(&explain_usage(&error)));
            return ExitCode::USAGE;
        }
    };
    let play = play(settings, &session);
    if let Some(error) = wrong {
        screen.tell(&view.report(&crate::diagnose::explain_error(&error)));
    }
    signals::watch_prompt(session.interrupt());
    let init = folder
        .map(|folder| folder.join("init.rhai"))
        .filter(|file| run_init && file.exists());
    repl::run(Start {
        session,
        screen,
        settings: decided,
        mode: match view.format {
            Format::Json => OutputMode::Json,
            Format::Text => OutputMode::Pretty,
        },
        history: base(
            &settings.server.environment,
            "XDG_STATE_HOME",
            ".local/state",
        )
        .map(|state| state.join("history")),
        init,
        editor: editor::of(&settings.server.environment),
        server_status: server_status(settings),
        play,
        quiet: settings.server.quiet,
    })
}

/// Starts lessons and exercises as child processes on the same server.
fn play(settings: &Settings, session: &Session) -> repl::Play {
    let (settings, session) = (settings.clone(), session.clone());
    Box::new(move |command, words| {
        let words = shlex::split(words).ok_or_else(|| io::Error::other("a quote is not closed"))?;
        let mut program = Command::new(std::env::current_exe()?);
        program
            .args(session::same_server(&settings))
            .arg(command)
            .args(words);
        // Not as an argument, because every user of the machine can read arguments.
        match &settings.uri {
            Some(uri) => {
                program.env(PROMPT_URI, uri.text.expose());
            }
            None if settings.server.ephemeral => {
                let uri = session.uri().map_err(io::Error::other)?;
                program.env(TRIAL_SERVER, uri.expose());
            }
            None => {}
        }
        program.status().map(drop)
    })
}

/// Returns a function that describes the private server, or the server of `--uri`.
fn server_status(settings: &Settings) -> repl::ServerStatus {
    match &settings.uri {
        Some(uri) => {
            let text = redact(uri.text.expose());
            Box::new(move || Ok(text.clone()))
        }
        None => {
            let options = settings.server.clone();
            Box::new(move || {
                let server = options.to_server_settings()?;
                Ok(server_command::describe(&server::status(&server.folders)))
            })
        }
    }
}

fn open(settings: &Settings, format: Format, screen: &Screen) -> Result<Session> {
    let output = screen.clone();
    let (told, quiet) = (screen.clone(), settings.server.quiet);
    let output = Output::new(move |event| match event {
        Event::Print(value) => output.line(&format.render(&value)),
        Event::Display { id, value, .. } => {
            output.display(id, &format.display(&value, output.width()))
        }
        Event::Waiting(text) => {
            output.status(text.as_deref());
            Ok(())
        }
        Event::Trace(command) => {
            output.line(&painted(&trace_line(&command, Format::Text), Palette::DIM))
        }
        // The line would be that of the typed text.
        Event::Warning { message, .. } => output.line(&warning_line(&message, None, Format::Text)),
        Event::Debug { value, line: _ } => output.line(&painted(
            &format!("debug: {}", format.render(&value)),
            Palette::DIM,
        )),
    })
    .with_updates(DisplayUpdates::InPlace);
    // Ctrl-C stops only the current line; tasks of earlier lines continue.
    let lines = session::switch(settings).foreground();
    let mut settings = settings.clone();
    settings.recorder = Some(Recorder::new("prompt"));
    session::open_with_progress(&settings, lines, output, move |interrupt| {
        Box::new(PromptProgress {
            screen: (!quiet).then(|| told.clone()),
            interrupt: interrupt.clone(),
        })
    })
}

/// Shows the start of a server above the input line. Ctrl-C cancels the start.
struct PromptProgress {
    screen: Option<Screen>,
    interrupt: Interrupt,
}

impl Progress for PromptProgress {
    fn tell(&self, event: &server::StartEvent) {
        use server::StartEvent::{Fetched, Ready, Unpacked};
        if let (Some(screen), false) = (
            &self.screen,
            matches!(event, Fetched { .. } | Unpacked { .. } | Ready { .. }),
        ) {
            screen.tell(&painted(&event.to_string(), Palette::DIM));
        }
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }
}

fn has_colour(wanted: Colour, environment: &Environment, is_terminal: bool) -> bool {
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => takes_colours(is_terminal, |name| environment.get(name)),
    }
}

/// Returns the current terminal width.
fn width() -> usize {
    fitting(Size::of(std::io::stdout()), PROSE_WIDTH)
}

/// Returns the folder of `config.toml` and `init.rhai`.
fn configuration(environment: &Environment) -> Option<PathBuf> {
    base(environment, "XDG_CONFIG_HOME", ".config")
}

fn base(environment: &Environment, variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        environment
            .get(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute(variable)
        .or_else(|| Some(absolute("HOME")?.join(below_home)))
        .map(|base| base.join("seaworthy"))
}
