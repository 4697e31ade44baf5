use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::errors::io_error;
use crate::server::confinement::layers::Layers;

/// What a keeper says about its server. It lies in the server's folder while there is something to join.
///
/// A record without a living keeper means that the keeper was killed: one that ends in good order removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Random, made anew by every keeper: requests name it, so that none reaches a later keeper.
    pub keeper: String,
    pub keeper_pid: u32,
    pub mongod_pid: u32,
    pub version: String,
    pub mongod: PathBuf,
    pub socket: PathBuf,
    /// When the server became ready, in milliseconds since 1970.
    pub ready_at_ms: u64,
    /// The layers of confinement around the server.
    #[serde(default)]
    pub layers: Option<Layers>,
}

impl Record {
    /// The record in that file, or `None` where there is none that can be read.
    pub fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(file).ok()?).ok()
    }

    /// Puts the record in place in one step.
    pub fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_whole(file, &text)
    }

    /// How long the server has been ready by the wall clock; zero, should that have been set back.
    pub fn uptime(&self) -> Duration {
        Duration::from_millis(now_ms().saturating_sub(self.ready_at_ms))
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Writes a small file so that readers see all of it or none; its mode is 0600.
pub fn write_whole(file: &Path, text: &str) -> Result<()> {
    let failed = |cause: std::io::Error| io_error("write", file, &cause);
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    fresh.write_all(text.as_bytes()).map_err(failed)?;
    fresh
        .persist(file)
        .map(|_| ())
        .map_err(|refused| failed(refused.error))
}
