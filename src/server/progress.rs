use std::fmt;
use std::path::PathBuf;

use crate::error::Result;

use super::errors::server_error;

/// A step of a start or a download. `Display` gives the line to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartEvent {
    /// A download begins: what it is, its size in bytes (0 if unknown), and the target path.
    Fetching {
        what: String,
        bytes: u64,
        into: PathBuf,
    },
    /// A download is under way: bytes so far and in all.
    Fetched { done: u64, total: u64 },
    /// A source could not be used, and the next one is tried.
    Skipped { what: String, reason: String },
    /// The download is complete and is compared with its SHA-256.
    Verifying,
    /// The file is being unpacked: bytes so far and in all.
    Unpacked { done: u64, total: u64 },
    /// The install is done.
    Installed { path: PathBuf },
    /// The program waits for another process that downloads or starts the same thing.
    Waiting { whom: String },
    /// A server is being started with this data folder.
    Starting { version: String, folder: PathBuf },
    /// A majority has acknowledged a write.
    Ready { version: String },
    /// The keeper of the shared server was killed, and the server was started again.
    Restarted,
}

impl fmt::Display for StartEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetching { what, bytes, into } => {
                let size = match bytes {
                    0 => "of unknown size".to_owned(),
                    bytes => format!("({})", megabytes(*bytes)),
                };
                write!(f, "downloading {what} {size} to {}", into.display())
            }
            Self::Fetched { done, total } => {
                write!(
                    f,
                    "downloaded {} of {}",
                    megabytes(*done),
                    megabytes(*total)
                )
            }
            Self::Skipped { what, reason } => write!(f, "skipped {what}: {reason}"),
            Self::Verifying => f.write_str("checking its SHA-256"),
            Self::Unpacked { done, total } => {
                write!(f, "unpacked {} of {}", megabytes(*done), megabytes(*total))
            }
            Self::Installed { path } => write!(f, "installed {}", path.display()),
            Self::Waiting { whom } => write!(f, "waiting for {whom}"),
            Self::Starting { version, folder } => {
                write!(f, "starting mongod {version} on {}", folder.display())
            }
            Self::Ready { version } => write!(f, "mongod {version} is ready"),
            Self::Restarted => {
                f.write_str("the private server had ended unexpectedly and was started again")
            }
        }
    }
}

/// Formats a size, for example `42.2 MB`.
fn megabytes(bytes: u64) -> String {
    // Integer arithmetic, so that no float has to be cast.
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Receives progress events and can cancel the wait. It is called from several threads.
pub trait Progress: Send + Sync {
    /// Reports an event.
    fn tell(&self, event: &StartEvent);

    /// Returns whether the wait was cancelled; called about every 20 milliseconds.
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Returns an error if the wait was cancelled.
    fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(server_error(
                "interrupted while the server was being started",
            ));
        }
        Ok(())
    }
}

/// Ignores all events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn tell(&self, _event: &StartEvent) {}
}
