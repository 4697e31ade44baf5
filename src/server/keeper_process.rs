use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::errors::{plain, server_error};
use super::mongod::Mongod;
use super::progress::Progress;
use super::record::Record;
use super::server_folder::ServerFolder;
use crate::server::confinement::settings::ConfinementSettings;

/// Extra time to wait for a keeper, in addition to its own limit.
const EXTRA: Duration = Duration::from_secs(10);

/// How often a wait for a keeper checks whether it was cancelled.
const PAUSE: Duration = Duration::from_millis(20);

/// The parameters of a new keeper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Launch {
    /// The program to run as keeper; `None` for the running program.
    #[serde(skip)]
    pub program: Option<PathBuf>,
    pub mongod: Mongod,
    pub folder: ServerFolder,
    /// The session's folder for sockets.
    pub runtime: Option<PathBuf>,
    /// The folder of the existing socket, if the server was started before.
    pub sockets: Option<PathBuf>,
    /// The TCP port for other programs, if it has one.
    pub port: Option<u16>,
    /// Whether the folder is deleted when the server ends.
    pub ephemeral: bool,
    /// How the server is confined.
    pub confinement: ConfinementSettings,
    /// How long the start may take.
    pub limit: Duration,
}

/// The one line that a keeper writes to its standard output, for the process that started it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StartResult {
    Ready(Record),
    Failed {
        message: String,
        hint: Option<String>,
    },
}

impl Launch {
    /// The name of the socket within its folder.
    pub(super) const SOCKET: &'static str = "m.sock";

    /// Starts a keeper and waits until its server is ready. The keeper continues after this process
    /// ends.
    ///
    /// # Errors
    /// The keeper's error, with the end of the server's log.
    pub(super) fn start_keeper(&self, progress: &dyn Progress) -> Result<Record> {
        let child = self
            .command()
            .spawn()
            .map_err(|cause| server_error(format!("cannot start the keeper: {}", plain(&cause))))?;
        let words = listen(child)?;
        let end = Instant::now() + self.limit + EXTRA;
        loop {
            match words.recv_timeout(PAUSE) {
                Ok(StartResult::Ready(record)) => return Ok(record),
                Ok(StartResult::Failed { message, hint }) => {
                    return Err(keeper_error(message, hint));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(
                        server_error("the keeper process ended without a result").hint(format!(
                            "it may have been killed; the log is `{}`",
                            self.folder.log().display()
                        )),
                    );
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() > end => {
                    return Err(server_error("the keeper process does not answer"));
                }
                // After a cancelled wait, the keeper has no users and ends.
                Err(RecvTimeoutError::Timeout) => progress.check()?,
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program.as_deref().unwrap_or(own_program()));
        command
            .arg("keeper")
            // It must not contain secrets: other users can see the arguments of a process.
            .arg(serde_json::to_string(self).unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Parses the argument that another process of this program passed.
    pub(super) fn from_arguments(arguments: &[OsString]) -> Option<Self> {
        match arguments {
            [launch] => serde_json::from_str(launch.to_str()?).ok(),
            _ => None,
        }
    }
}

/// Returns the running program, even if its file was replaced by a newer build.
fn own_program() -> &'static Path {
    Path::new("/proc/self/exe")
}

fn keeper_error(message: String, hint: Option<String>) -> Error {
    let error = server_error(message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Reads a keeper's first line on a thread. The thread then waits for the process, so that no
/// zombie remains.
fn listen(mut child: Child) -> Result<Receiver<StartResult>> {
    let pipe = child
        .stdout
        .take()
        .ok_or_else(|| server_error("the keeper has no standard output"))?;
    let (sender, words) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        if BufReader::new(pipe).read_line(&mut line).is_ok()
            && let Ok(word) = serde_json::from_str(&line)
        {
            let _ = sender.send(word);
        }
        drop(sender);
        let _ = child.wait();
    });
    Ok(words)
}
