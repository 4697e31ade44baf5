//! Arguments as typed, settings as meant, one call each. The only room that reads the environment.

mod environment;
mod low_args;
mod run_command;
mod session;
mod settings;
mod signals;
mod streams;
mod usage;

pub use environment::Environment;
pub use low_args::LowArgs;
pub use settings::{Action, Secret, ServerOptions, Settings, Uri, UriOrigin};
pub use streams::{Streams, View};

use std::ffi::OsString;
use std::thread;

use clap::Parser;

use crate::engine::limits::STACK_BYTES;
use crate::error::ExitCode;

/// The program: what `args` ask for in `environment`, and the code it ends with.
///
/// It runs on a large stack: scripts can throw and print values that are nested very deeply.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: Streams,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || act(&args, environment, streams))
            .ok()
            .and_then(|thread| thread.join().ok())
            .unwrap_or(ExitCode::THREW)
    })
}

fn act(args: &[OsString], environment: &Environment, streams: Streams) -> ExitCode {
    let low = match LowArgs::try_parse_from(args) {
        Ok(low) => low,
        Err(error) => return usage::answer(&error, args, environment, streams),
    };
    let view = View::new(&low, environment, &streams);
    let settings = match Settings::new(low, environment, &streams) {
        Ok(Some(settings)) => settings,
        Ok(None) => return usage::short_help(streams),
        Err(error) => return usage::refuse(&error, view, streams),
    };
    match &settings.action {
        Action::Run { sources } => run_command::run(&settings, sources, view, streams),
        Action::Eval { code } => run_command::eval(&settings, code, view, streams),
    }
}
