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

/// A keeper has its own, shorter, limit; this much later the one who waits gives up on the keeper itself.
const EXTRA: Duration = Duration::from_secs(10);

/// How often the wait for a keeper looks whether it was called off.
const PAUSE: Duration = Duration::from_millis(20);

/// Everything that a new keeper must know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Launch {
    /// The program that can be a keeper; `None` for the running one.
    #[serde(skip)]
    pub program: Option<PathBuf>,
    pub mongod: Mongod,
    pub folder: ServerFolder,
    /// The session's folder for sockets.
    pub runtime: Option<PathBuf>,
    /// The folder of the socket that users know, if the server was started before.
    pub sockets: Option<PathBuf>,
    /// Whether the folder is deleted at the end.
    pub ephemeral: bool,
    /// How the server is confined.
    pub confinement: ConfinementSettings,
    /// How long the start may take.
    pub limit: Duration,
}

/// What a keeper says to whoever started it: one line on its standard output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstWord {
    Ready(Record),
    Failed {
        message: String,
        hint: Option<String>,
    },
}

impl Launch {
    /// The name of the socket within its folder.
    pub const SOCKET: &'static str = "m.sock";

    /// Starts a keeper, which goes on when this process ends, and waits until its server is ready.
    ///
    /// # Errors
    /// What the keeper says, the end of the server's log included.
    pub fn start_keeper(&self, progress: &dyn Progress) -> Result<Record> {
        let child = self
            .command()
            .spawn()
            .map_err(|cause| server_error(format!("cannot start the keeper: {}", plain(&cause))))?;
        let words = listen(child)?;
        let end = Instant::now() + self.limit + EXTRA;
        loop {
            match words.recv_timeout(PAUSE) {
                Ok(FirstWord::Ready(record)) => return Ok(record),
                Ok(FirstWord::Failed { message, hint }) => return Err(retell(message, hint)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(
                        server_error("the keeper of the server ended without a word").hint(
                            format!(
                                "was it killed? the log is `{}`",
                                self.folder.log().display()
                            ),
                        ),
                    );
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() > end => {
                    return Err(server_error("the keeper of the server does not answer"));
                }
                // Left to itself, the keeper finds no user and ends.
                Err(RecvTimeoutError::Timeout) => progress.check()?,
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program.as_deref().unwrap_or(own_program()));
        command
            .arg("keeper")
            // No secret is in it: other users can see the arguments of a process.
            .arg(serde_json::to_string(self).unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Reads the argument that another process of this program passed on.
    pub fn from_arguments(arguments: &[OsString]) -> Option<Self> {
        match arguments {
            [launch] => serde_json::from_str(launch.to_str()?).ok(),
            _ => None,
        }
    }
}

/// The running program, also after its file was replaced by a newer build.
fn own_program() -> &'static Path {
    Path::new("/proc/self/exe")
}

fn retell(message: String, hint: Option<String>) -> Error {
    let error = server_error(message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Reads a keeper's first word on a thread, which then waits for its end, so that no zombie is left.
fn listen(mut child: Child) -> Result<Receiver<FirstWord>> {
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
