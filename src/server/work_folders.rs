use std::fs;
use std::path::{Path, PathBuf};

use super::folders::Folders;
use super::lock_file::{LockFile, LockMode};
use super::private_folder;
use super::progress::Progress;
use crate::error::Result;

/// The folders that a confined run can write to. They are removed when this is dropped.
#[derive(Debug)]
pub struct WorkFolders {
    /// Contains the folders for databases and logs, and the lock, which the run cannot reach.
    pub state: PathBuf,
    /// Sockets and temporary files; its path is short.
    pub runtime: PathBuf,
    // Held so that no other run removes the folders.
    _lock: LockFile,
}

const LOCK: &str = "lock";

/// The start of the path of the runtime folder. The rest is the name of the state folder, so that a
/// later run can remove both.
const RUNTIME: &str = "/tmp/seaworthy-run-";

impl WorkFolders {
    /// Creates the folders, and removes those of runs that were killed.
    ///
    /// # Errors
    /// `Server`, if they cannot be created.
    pub fn make(folders: &Folders, progress: &dyn Progress) -> Result<Self> {
        let all = folders.state.join("confined");
        private_folder::ensure(&all)?;
        let limit = std::time::Duration::from_secs(10);
        let whom = "another seaworthy to tidy up";
        let _alone = LockFile::wait(&all.join(LOCK), LockMode::Exclusive, limit, progress, whom)?;
        sweep(&all);
        let (runtime, name) = private_folder::make_unique(RUNTIME)?;
        let state = all.join(name);
        private_folder::ensure(&state)?;
        let lock = LockFile::wait(
            &state.join(LOCK),
            LockMode::Exclusive,
            limit,
            progress,
            whom,
        )?;
        let work = Self {
            state,
            runtime,
            _lock: lock,
        };
        for folder in [work.temporary(), work.view(), work.data()] {
            private_folder::ensure(&folder)?;
        }
        Ok(work)
    }

    /// Returns the folder for temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.runtime.join("tmp")
    }

    /// Returns an empty folder for the run's view of the file system.
    pub fn view(&self) -> PathBuf {
        self.state.join("view")
    }

    /// Returns the value of `XDG_STATE_HOME` for the run.
    pub fn data(&self) -> PathBuf {
        self.state.join("state")
    }
}

impl Drop for WorkFolders {
    fn drop(&mut self) {
        remove(&self.state, &self.runtime);
    }
}

fn remove(state: &Path, runtime: &Path) {
    let _ = fs::remove_dir_all(runtime);
    let _ = fs::remove_dir_all(state);
}

/// Removes the folders of runs that were killed: nothing holds their locks.
fn sweep(all: &Path) {
    let Ok(entries) = fs::read_dir(all) else {
        return;
    };
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        let state = entry.path();
        if !LockFile::is_in_use(&state.join(LOCK)) {
            let name = entry.file_name();
            let runtime = PathBuf::from(format!("{RUNTIME}{}", name.to_string_lossy()));
            remove(&state, &runtime);
        }
    }
}
