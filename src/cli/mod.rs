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

use clap::Parser;

use crate::error::ExitCode;

/// The program: what `args` ask for in `environment`, and the code it ends with.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: Streams,
) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
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
    }
}
