use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::errors::io_error;
use super::folders::Folders;
use super::mongod::Version;
use super::private_folder;

/// The folder of one private server, with its databases, secrets, log, locks and record.
///
/// The locks are next to the data, so that two programs never open the same data folder, even if
/// they use different folders for sockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ServerFolder {
    root: PathBuf,
}

impl ServerFolder {
    /// Returns the shared server's folder. There is one for each `major.minor`, because an older
    /// server cannot open a newer server's data.
    pub(super) fn shared(folders: &Folders, version: Version) -> Self {
        Self {
            root: folders.data.join("server").join(version.series()),
        }
    }

    /// Returns the server folder at a path.
    pub(super) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Creates the folder, accessible only to this user, and resolves its path.
    pub(super) fn prepare(self) -> Result<Self> {
        private_folder::ensure(&self.root)?;
        let root = self
            .root
            .canonicalize()
            .map_err(|cause| io_error("look at", &self.root, &cause))?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of the logs. Besides the databases, the server can write only there.
    pub(super) fn logs(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Returns the server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.logs().join("mongod.log")
    }

    /// Returns an empty folder where the server's view of the file system is mounted.
    pub(super) fn view(&self) -> PathBuf {
        self.root.join("view")
    }

    /// Returns the key file, with which members and the set-up authenticate.
    pub(super) fn key_file(&self) -> PathBuf {
        self.root.join("key")
    }

    /// Returns the file with the password of the user `seaworthy`.
    pub(super) fn password(&self) -> PathBuf {
        self.root.join("password")
    }

    /// Notes where the sockets of a replica set are, so that they can be removed if its owner is
    /// killed.
    pub(super) fn note_sockets(&self, sockets: &Path) -> Result<()> {
        let note = self.sockets_note();
        std::os::unix::fs::symlink(sockets, &note)
            .map_err(|cause| io_error("create", &note, &cause))
    }

    /// Returns the folder that was given to [`note_sockets`](Self::note_sockets).
    pub(super) fn noted_sockets(&self) -> Option<PathBuf> {
        std::fs::read_link(self.sockets_note()).ok()
    }

    fn sockets_note(&self) -> PathBuf {
        self.root.join("sockets")
    }

    /// Returns the lock that a process holds while it decides whether to start a keeper.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Returns the lock that every user of the server holds, shared.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// Returns the lock that the keeper holds until it ends.
    pub(super) fn keeper_lock(&self) -> PathBuf {
        self.root.join("keeper.lock")
    }

    /// Returns the file with the keeper's `Record`. The keeper removes it
    /// when it ends normally.
    pub(super) fn record(&self) -> PathBuf {
        self.root.join("keeper.json")
    }

    /// Returns the file with the name of the keeper that should continue without users.
    pub(super) fn hold(&self) -> PathBuf {
        self.root.join("hold")
    }

    /// Returns the file with the name of the keeper that should stop.
    pub(super) fn stop(&self) -> PathBuf {
        self.root.join("stop")
    }
}
