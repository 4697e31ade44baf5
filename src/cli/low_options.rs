use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::limit::Limit;
use super::secret::Secret;

/// The options of the program, most of which every command takes.
#[derive(Args, Debug)]
pub struct LowOptions {
    /// Open the prompt without running init.rhai first
    #[arg(long)]
    pub no_init: bool,

    /// Connect to this server [default: the private server]
    #[arg(long, global = true, value_name = "URI", conflicts_with_all = ["ephemeral", "mongod"])]
    pub uri: Option<Secret>,

    /// Connect to this host: its name or address, with a port if it is not 27017, or several with commas
    #[arg(long, global = true, value_name = "HOST", conflicts_with_all = ["uri", "ephemeral", "mongod"])]
    pub host: Option<String>,

    /// The port of the host [default: 27017; without --host, localhost is meant]
    #[arg(long, global = true, value_name = "PORT", conflicts_with_all = ["uri", "ephemeral", "mongod"])]
    pub port: Option<u16>,

    /// Log in as this user; the program asks for the password
    #[arg(long, short, global = true, value_name = "NAME", conflicts_with_all = ["ephemeral", "mongod"])]
    pub username: Option<String>,

    /// Ask for the password, which is also asked for without this option; it takes no value
    #[arg(long, short, global = true)]
    pub password: bool,

    /// The database that scripts use as `db` [default: the one in the URI, or lessons]
    #[arg(long, global = true, value_name = "NAME")]
    pub db: Option<String>,

    /// Seed the random functions, so that runs are repeatable
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,

    /// Print each value as one line of Extended JSON, each error and each traced command as one line of JSON
    #[arg(long, global = true)]
    pub json: bool,

    /// Write only errors to stderr, no progress and no notices
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Stop the run after this many seconds, with exit code 124; `0.5` is valid
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub timeout: Option<Duration>,

    /// Write each command sent to a server to stderr, with its server, duration and result
    #[arg(long, global = true)]
    pub trace: bool,

    /// The mongod program to start [default: one on the PATH, or a downloaded one]
    #[arg(long, global = true, value_name = "PATH")]
    pub mongod: Option<PathBuf>,

    /// Use a new private server and delete its data at the end
    #[arg(long, global = true)]
    pub ephemeral: bool,

    /// Let lessons and exercises drop collections and create users on this host, which --uri must name too
    #[arg(long, global = true, value_name = "HOST")]
    pub allow_changes: Vec<String>,

    /// Do not trust the scripts: they can use only a server of their own and their own folder
    #[arg(long, global = true)]
    pub confined: bool,

    /// Set a limit for untrusted scripts: data=1GiB, memory=2GiB, tasks=200, time=600 or output=10MB
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub limit: Vec<Limit>,

    /// Run untrusted scripts even if the system lacks a confinement layer that they need
    #[arg(long, global = true)]
    pub accept_missing_layers: bool,

    /// Never download anything
    #[arg(long, global = true)]
    pub offline: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds above 0, such as 30 or 0.5".to_owned())
}
