use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::errors::io_error;
use super::folders::Folders;
use super::mongod::Version;
use super::private_folder;

/// The folder of one private server: its databases, secrets, log, locks and notes.
///
/// The locks lie beside the data that they guard, so that two programs can disagree about where sockets go
/// and still never open one data folder twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFolder {
    root: PathBuf,
}

impl ServerFolder {
    /// The shared server's folder, one for each `major.minor`, because an older server cannot open a newer one's data.
    pub fn shared(folders: &Folders, version: Version) -> Self {
        Self {
            root: folders.data.join("server").join(version.series()),
        }
    }

    /// A folder by its path.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Makes the folder, closed to others, and returns it by its real path.
    pub fn prepare(self) -> Result<Self> {
        private_folder::ensure(&self.root)?;
        let root = self
            .root
            .canonicalize()
            .map_err(|cause| io_error("look at", &self.root, &cause))?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the logs, the only one beside the databases that a server can write to.
    pub fn logs(&self) -> PathBuf {
        self.root.join("log")
    }

    /// The server's own log.
    pub fn log(&self) -> PathBuf {
        self.logs().join("mongod.log")
    }

    /// An empty folder, over which a server's view of the file system is mounted.
    pub fn view(&self) -> PathBuf {
        self.root.join("view")
    }

    /// The text that members and set-up prove themselves with.
    pub fn key_file(&self) -> PathBuf {
        self.root.join("key")
    }

    /// The password of the user `seaworthy`.
    pub fn password(&self) -> PathBuf {
        self.root.join("password")
    }

    /// Held while somebody decides whether to start a keeper.
    pub fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Held, shared, by every user of the server.
    pub fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// Held by the keeper as long as it lives.
    pub fn keeper_lock(&self) -> PathBuf {
        self.root.join("keeper.lock")
    }

    /// What the keeper says about its server; removed when it ends in good order.
    pub fn record(&self) -> PathBuf {
        self.root.join("keeper.json")
    }

    /// Names the keeper that is asked to stay without users.
    pub fn hold(&self) -> PathBuf {
        self.root.join("hold")
    }

    /// Names the keeper that is asked to stop.
    pub fn stop(&self) -> PathBuf {
        self.root.join("stop")
    }
}
