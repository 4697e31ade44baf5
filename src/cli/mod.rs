//! Arguments as typed, settings as meant, one call each. The only room that reads the environment.

mod environment;
mod low_args;
mod run_command;
pub mod server_command;
mod session;
mod settings;
mod signals;
mod start_progress;
mod streams;
mod usage;

pub use environment::Environment;
pub use low_args::LowArgs;
pub use settings::{Action, Secret, ServerOptions, Settings, Uri, UriOrigin};
pub use streams::{Streams, View};

use std::ffi::OsString;

use clap::Parser;

use crate::error::{ExitCode, Kind};
use crate::mongo::Interrupt;
use server_command::ServerCommand;
use start_progress::StartProgress;

/// The program: what `args` ask for in `environment`, and the code it ends with.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: Streams,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // The program starts itself again as the owner of a server; nobody types this.
    if args.get(1).is_some_and(|first| first == "keeper") {
        return crate::server::keeper_main(&args[2..]);
    }
    let low = match LowArgs::try_parse_from(&args) {
        Ok(low) => low,
        Err(error) => return usage::answer(&error, &args, environment, streams),
    };
    let view = View::new(&low, environment, &streams);
    let settings = match Settings::new(low, environment, &streams) {
        Ok(Some(settings)) => settings,
        Ok(None) => return usage::short_help(streams),
        Err(error) => return usage::refuse(&error, view, streams),
    };
    match &settings.action {
        Action::Run { sources } => run_command::run(&settings, sources, view, streams, false),
        Action::Eval { code } => {
            let source = crate::script::Source::code("<eval>", code);
            run_command::run_sources(&settings, &[source], view, streams, true)
        }
        Action::Server { command } => server_command(&settings, command, view, streams),
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
    let done = settings
        .server
        .to_server_settings()
        .and_then(|server| server_command::run(command, &server, &progress, &mut streams.out));
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
