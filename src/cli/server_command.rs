use std::io::Write;
use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::run::session_options::DEFAULT_DATABASE;
use crate::error::{Error, Kind, Result, visible};
use crate::mongo::ConnectionString;
use crate::render::Format;
use crate::server::confinement::Layers;
use crate::server::{self, Folders, Progress, Running, ServerSettings, Status};

/// The commands about the private server.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ServerCommand {
    /// Start the server and keep it running until `server stop` or until you log out
    Start {
        /// Also listen on a TCP port of 127.0.0.1, for other programs; without a number on a free port
        #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "0")]
        tcp: Option<u16>,
    },
    /// Stop the server
    Stop {
        /// Stop it even if other programs use it
        #[arg(long)]
        force: bool,
    },
    /// Show whether it is running, its version, its uptime and the folder of its data
    Status,
    /// Print only its URI, with the password: `mongosh "$(seaworthy server uri)"`
    Uri {
        /// Print the URI of its TCP port, for programs that cannot use a Unix socket
        #[arg(long)]
        tcp: bool,
    },
    /// Print the URI as a line for your shell: `eval "$(seaworthy server env)"` sets MONGODB_URI
    Env {
        /// Use the TCP port
        #[arg(long)]
        tcp: bool,
    },
    /// Print the last lines of its log
    Logs {
        /// The number of lines
        #[arg(short = 'n', long, default_value_t = 40)]
        lines: usize,
        /// Print each new line until Ctrl-C
        #[arg(short, long)]
        follow: bool,
    },
}

/// Runs a command, and writes its result to `out`.
///
/// # Errors
/// `Server` if the server cannot be started, is not running, or is in use.
pub fn run(
    command: &ServerCommand,
    settings: &ServerSettings,
    progress: &dyn Progress,
    format: Format,
    out: &mut dyn Write,
) -> Result<()> {
    let folders = &settings.folders;
    match command {
        ServerCommand::Start { tcp } => start(settings, *tcp, progress, out),
        ServerCommand::Stop { force } => {
            let stopped = server::stop(folders, *force)?;
            line(
                out,
                if stopped {
                    "stopped"
                } else {
                    "the private server was not running"
                },
            )
        }
        ServerCommand::Status => {
            let status = server::status(folders);
            line(
                out,
                &match format {
                    Format::Json => to_json(&status).to_string(),
                    Format::Text => describe(&status),
                },
            )
        }
        ServerCommand::Uri { tcp } => line(out, uri(folders, *tcp)?.expose()),
        ServerCommand::Env { tcp } => {
            let uri = uri(folders, *tcp)?;
            line(out, &format!("export MONGODB_URI='{}'", uri.expose()))
        }
        ServerCommand::Logs { lines, follow } => logs(folders, *lines, *follow, progress, out),
    }
}

/// Returns the URI of the running server, with the default database of scripts.
fn uri(folders: &Folders, tcp: bool) -> Result<ConnectionString> {
    let uri = match tcp {
        true => server::tcp_uri(folders)?,
        false => server::uri(folders)?,
    };
    Ok(uri.with_database(DEFAULT_DATABASE))
}

fn start(
    settings: &ServerSettings,
    port: Option<u16>,
    progress: &dyn Progress,
    out: &mut dyn Write,
) -> Result<()> {
    if settings.ephemeral {
        return Err(Error::invalid_argument(
            "an ephemeral server cannot keep running: it stops with the program that uses it",
        )
        .hint("leave out `--ephemeral`"));
    }
    if port.is_some() {
        stop_for_new_port(&settings.folders, port)?;
    }
    let settings = ServerSettings {
        port,
        ..settings.clone()
    };
    let lease = server::join(&settings, progress)?;
    server::hold(&lease)?;
    let version = lease.mongod().version;
    line(
        out,
        &format!("mongod {version} runs until `seaworthy server stop`"),
    )?;
    let Some(port) = lease.port() else {
        return Ok(());
    };
    line(
        out,
        &format!(
            "it listens on 127.0.0.1:{port}; `seaworthy server uri --tcp` prints its URI with the password"
        ),
    )
}

/// Stops a server without users whose port is another one: a port needs a new start.
fn stop_for_new_port(folders: &Folders, port: Option<u16>) -> Result<()> {
    let Some(running) = server::status(folders).running else {
        return Ok(());
    };
    let fits = running.port.is_some() && (port == Some(0) || port == running.port);
    if !fits && !running.is_used {
        server::stop(folders, false)?;
    }
    Ok(())
}

fn logs(
    folders: &Folders,
    count: usize,
    follow: bool,
    progress: &dyn Progress,
    out: &mut dyn Write,
) -> Result<()> {
    for entry in server::logs(folders, count)? {
        line(out, &entry)?;
    }
    if follow {
        server::follow_logs(folders, out, progress)?;
    }
    Ok(())
}

/// Returns the state of the private server as text.
pub fn describe(status: &Status) -> String {
    let mut lines = vec![match &status.running {
        None => "not running".to_owned(),
        Some(running) => {
            format!(
                "running: mongod {} for {}",
                running.version,
                format_duration(running.uptime)
            )
        }
    }];
    if let Some(running) = &status.running {
        lines.extend(details(running));
    }
    lines.push(format!("folder:  {}", status.folder.display()));
    lines.push(format!("size:    {} MB", status.size.div_ceil(1_000_000)));
    lines.join("\n")
}

/// Returns the state of the private server as JSON.
fn to_json(status: &Status) -> Value {
    let running = status.running.as_ref().map(|running| {
        json!({
            "version": running.version,
            "mongod": running.mongod,
            "pid": running.mongod_pid,
            "uptime_s": running.uptime.as_secs(),
            "socket": running.socket,
            "port": running.port,
            "used": running.is_used,
            "held": running.is_held,
            "confinement": running.layers,
        })
    });
    json!({ "running": running, "folder": status.folder, "bytes": status.size })
}

fn details(running: &Running) -> Vec<String> {
    let users = if running.is_used {
        "in use"
    } else {
        "not in use"
    };
    let held = if running.is_held {
        ", held by `server start`"
    } else {
        ""
    };
    let port = running
        .port
        .map(|port| format!("port:    127.0.0.1:{port}"));
    let lines = vec![
        format!("users:   {users}{held}"),
        format!(
            "mongod:  {} (process {})",
            running.mongod.display(),
            running.mongod_pid
        ),
        format!("socket:  {}", running.socket.display()),
        format!("confined by: {}", confinement(running.layers.as_ref())),
    ];
    lines.into_iter().chain(port).collect()
}

/// Returns the active layers, and the missing ones with the reasons.
fn confinement(layers: Option<&Layers>) -> String {
    let Some(layers) = layers else {
        return "not known: an older version started it".to_owned();
    };
    let missing = layers.missing();
    let missing = missing
        .iter()
        .map(|(layer, reason)| format!("; without {layer}: {reason}"));
    std::iter::once(layers.to_string()).chain(missing).collect()
}

/// Returns a duration in its largest unit: `12 s`, `5 min`, `3 h`.
fn format_duration(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

fn line(out: &mut dyn Write, text: &str) -> Result<()> {
    match writeln!(out, "{}", visible(text)).and_then(|()| out.flush()) {
        // A closed output is not an error.
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::new(
            Kind::Server,
            format!("the output cannot be written: {cause}"),
        )),
        _ => Ok(()),
    }
}
