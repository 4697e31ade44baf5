//! Parses the arguments, computes the settings, and calls one command. Only this module reads the
//! environment.

mod changes;
mod check_command;
mod confined;
mod course_args;
mod course_command;
mod doctor_command;
mod editor;
mod environment;
mod exercise_args;
mod exercise_command;
mod kernel_args;
mod kernel_command;
mod lesson_command;
mod limit;
mod login;
mod low_args;
mod low_command;
mod low_options;
mod notebook_args;
mod notebook_command;
mod output_file;
mod page_args;
mod page_command;
mod prompt_command;
mod review_command;
mod run_command;
mod secret;
pub mod server_command;
mod session;
mod settings;
mod shell;
mod short_forms;
mod signals;
mod source_language;
mod start_progress;
mod streams;
mod test_args;
mod test_command;
mod timeline;
mod transfer_args;
mod transfer_command;
mod translate_command;
mod trials;
mod usage;
mod written;

use crate::render::View;
pub use environment::Environment;
pub use low_args::LowArgs;
pub use secret::Secret;
pub use settings::{Action, ServerOptions, Settings, Uri, UriOrigin};
pub use streams::Streams;
pub use timeline::{TimelineArgs, TimelineTarget};

use std::ffi::OsString;
use std::thread;

use clap::Parser;

use crate::engine;
use crate::engine::limits::STACK_BYTES;
use crate::error::{ExitCode, Kind};
use crate::mongo::{Interrupt, silence_tasks};
use crate::server::{self, confinement};
use server_command::ServerCommand;
use start_progress::StartProgress;
use streams::view_of;

/// Runs the program, and returns its exit code.
///
/// The command runs on a large stack, because scripts can throw and print deeply nested values.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    mut streams: Streams,
) -> ExitCode {
    let args = short_forms::expand(args.into_iter().collect());
    // Internal subcommands, for child processes.
    match args.get(1).and_then(|first| first.to_str()) {
        Some("keeper") => return server::keeper_main(&args[2..]),
        Some(confinement::SUBCOMMAND) => return confinement::launcher_main(&args[2..]),
        _ => {}
    }
    silence_tasks();
    // Memory that this thread fills is cheaper than memory of other threads: the C library extends
    // it in larger steps. So it parses the arguments, and builds the functions of scripts.
    let low = match LowArgs::try_parse_from(&args) {
        Ok(low) => low,
        Err(error) => return usage::answer(&error, &args, environment, streams),
    };
    let view = view_of(low.options.json, environment, &streams);
    let settings = Settings::new(low, environment, &streams).and_then(|mut settings| {
        login::ask_for_password(&mut settings, &mut streams)?;
        Ok(settings)
    });
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let supervises = settings.confined && settings.layers.is_none();
    thread::scope(|scope| {
        let acting = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || act(&settings, &args, view, streams));
        if settings.action.runs_scripts() && !supervises {
            engine::build_functions();
        }
        acting
            .ok()
            .and_then(|thread| thread.join().ok())
            .unwrap_or(ExitCode::THREW)
    })
}

fn act(settings: &Settings, args: &[OsString], view: View, streams: Streams) -> ExitCode {
    if settings.confined {
        if matches!(settings.action, Action::Kernel(_)) {
            return usage::refuse(&kernel_command::not_confined(), view, streams);
        }
        let Some(layers) = &settings.layers else {
            return confined::supervise(settings, args, view, streams);
        };
        let is_accepted = settings.accept_missing_layers || layers.suffice_for_scripts_of_others();
        if settings.action.runs_scripts() && !is_accepted {
            usage::refuse(&confinement::layers_missing(Some(layers)), view, streams);
            return ExitCode::NO_SERVER;
        }
    }
    match &settings.action {
        Action::Run { sources } => run_command::run(settings, sources, view, streams),
        Action::Eval { code } => run_command::eval(settings, code, view, streams),
        Action::Review => review_command::run(settings, view, streams),
        Action::Progress => review_command::progress(settings, view, streams),
        Action::Lesson(options) => lesson_command::run(settings, options, view, streams),
        Action::Page(options) => page_command::run(settings, options, view, streams),
        Action::Notebook(options) => notebook_command::run(settings, options, view, streams),
        Action::Kernel(command) => kernel_command::run(settings, command, view, streams),
        Action::Exercise(options) => exercise_command::run(settings, options, view, streams),
        Action::Test(test) => test_command::run(settings, test, view, streams),
        Action::Course { command } => course_command::run(settings, command, view, streams),
        Action::Doctor => doctor_command::run(settings, view, streams),
        Action::Completions { shell } => written::completions(*shell, streams),
        Action::Definitions { folder } => written::definitions(folder, view, streams),
        Action::Translate { file, from } => translate_command::run(file, *from, view, streams),
        Action::Man { folder } => written::man_pages(folder, view, streams),
        Action::Prompt { run_init } => prompt_command::run(settings, *run_init, view, streams),
        Action::Timeline { name, target } => {
            timeline::command::run(settings, name, target, view, streams)
        }
        Action::Import(import) => transfer_command::import(settings, import, view, streams),
        Action::Export(export) => transfer_command::export(settings, export, view, streams),
        Action::Server { command } => server_command(settings, command, view, streams),
    }
}

fn server_command(
    settings: &Settings,
    command: &ServerCommand,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let interrupt = Interrupt::new(None);
    signals::watch(&interrupt);
    let progress = StartProgress::new(settings.server.quiet, view, &interrupt);
    let done = settings.server.to_server_settings().and_then(|server| {
        server_command::run(command, &server, &progress, view.format, &mut streams.out)
    });
    drop(progress);
    match done {
        Ok(()) => ExitCode::DONE,
        Err(_) if interrupt.stopped().is_some() => ExitCode::INTERRUPTED,
        Err(error) => {
            usage::refuse(&error, view, streams);
            match error.kind() {
                Kind::Server => ExitCode::NO_SERVER,
                _ => ExitCode::USAGE,
            }
        }
    }
}
