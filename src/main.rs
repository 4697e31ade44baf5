use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use seaworthy::cli::server_command::{self, ServerCommand};
use seaworthy::server::{Folders, ServerSettings, Silent, keeper_main};

/// Only what `src/server` needs until the real arguments are here.
#[derive(Parser)]
enum Arguments {
    /// The private server
    #[command(subcommand)]
    Server(ServerCommand),
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == "keeper"
    {
        return keeper_main(rest).into();
    }
    let Arguments::Server(command) = Arguments::parse();
    let outcome = Folders::from_xdg(|name| std::env::var_os(name)).and_then(|folders| {
        let mut settings = ServerSettings::new(folders);
        settings.path = std::env::var_os("PATH");
        settings.mongod = std::env::var_os("SEAWORTHY_MONGOD").map(Into::into);
        server_command::run(&command, &settings, &Silent, &mut std::io::stdout())
    });
    if let Err(error) = outcome {
        eprintln!("error: {error}\n{}", error.hint_text().unwrap_or_default());
        return seaworthy::error::ExitCode::NO_SERVER.into();
    }
    ExitCode::SUCCESS
}
