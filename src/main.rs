use std::process::ExitCode;

use seaworthy::cli::{self, Environment, Streams};

fn main() -> ExitCode {
    cli::run(
        std::env::args_os(),
        &Environment::read(),
        Streams::standard(),
    )
    .into()
}
