use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::errors::io_error;
use crate::server::confinement::layers::Layers;

/// The keeper's description of its server. The file exists while there is a server to join.
///
/// If there is a record but no running keeper, the keeper was killed: a normal end removes the
/// record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// A new random name for each keeper. Requests contain it, so that a later keeper ignores them.
    pub keeper: String,
    pub keeper_pid: u32,
    pub mongod_pid: u32,
    pub version: String,
    pub mongod: PathBuf,
    pub socket: PathBuf,
    /// The TCP port for other programs, if it has one.
    #[serde(default)]
    pub port: Option<u16>,
    /// When the server became ready, in milliseconds since 1970.
    pub ready_at_ms: u64,
    /// The layers of confinement around the server.
    #[serde(default)]
    pub layers: Option<Layers>,
}

impl Record {
    /// Reads the record from a file; `None` if it is missing or not readable.
    pub(super) fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(file).ok()?).ok()
    }

    /// Writes the record atomically.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_whole(file, &text)
    }

    /// Returns how long the server has been ready, by the wall clock; zero if the clock was set
    /// back.
    pub(super) fn uptime(&self) -> Duration {
        Duration::from_millis(now_ms().saturating_sub(self.ready_at_ms))
    }
}

/// Returns the current time in milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Writes a small file atomically, with the mode 0600.
pub(super) fn write_whole(file: &Path, text: &str) -> Result<()> {
    let failed = |cause: std::io::Error| io_error("write", file, &cause);
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    fresh.write_all(text.as_bytes()).map_err(failed)?;
    fresh
        .persist(file)
        .map(|_| ())
        .map_err(|refused| failed(refused.error))
}
