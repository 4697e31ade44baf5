use std::path::PathBuf;

use crate::error::Result;

use super::errors::io_error;
use super::folders::Folders;
use super::lock_file::{LockFile, LockMode};
use super::private_folder;
use super::progress::Progress;
use super::record::Record;
use super::server_folder::ServerFolder;

/// Returns the folder of all ephemeral servers.
fn runs_folder(folders: &Folders) -> PathBuf {
    folders.state.join("ephemeral")
}

/// Creates a new server folder and takes its users' lock, so that no other process deletes it.
pub(super) fn create(
    folders: &Folders,
    progress: &dyn Progress,
) -> Result<(ServerFolder, LockFile)> {
    let runs_folder = runs_folder(folders);
    private_folder::ensure(&runs_folder)?;
    let _alone = lock(&runs_folder, progress)?;
    let made = tempfile::Builder::new()
        .prefix("run-")
        .tempdir_in(&runs_folder);
    let root = made
        .map_err(|cause| io_error("create a folder in", &runs_folder, &cause))?
        .keep();
    let folder = ServerFolder::at(root).prepare()?;
    let users = LockFile::attempt(&folder.users_lock(), LockMode::Shared)?;
    let users = users.ok_or_else(|| {
        super::errors::server_error("another process has locked a folder that was just created")
    })?;
    Ok((folder, users))
}

/// Removes the folders whose users and keeper were killed. Free locks show this; process numbers
/// can be reused.
pub(super) fn sweep(folders: &Folders, progress: &dyn Progress) {
    let runs_folder = runs_folder(folders);
    if !runs_folder.is_dir() {
        return;
    }
    let Ok(_alone) = lock(&runs_folder, progress) else {
        return;
    };
    let Ok(entries) = std::fs::read_dir(&runs_folder) else {
        return;
    };
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        let folder = ServerFolder::at(entry.path());
        if !LockFile::is_in_use(&folder.users_lock()) && !LockFile::is_in_use(&folder.keeper_lock())
        {
            let of_server = || {
                let record = Record::read(&folder.record())?;
                record.socket.parent().map(PathBuf::from)
            };
            if let Some(sockets) = folder.noted_sockets().or_else(of_server) {
                private_folder::remove_sockets(&sockets);
            }
            remove(&folder);
        }
    }
}

/// Removes a server's folder and its content.
pub(super) fn remove(folder: &ServerFolder) {
    let _ = std::fs::remove_dir_all(folder.root());
}

/// Takes the lock for creation and clean-up: while a folder is being created, it looks unused.
fn lock(runs_folder: &std::path::Path, progress: &dyn Progress) -> Result<LockFile> {
    let limit = std::time::Duration::from_secs(10);
    LockFile::wait(
        &runs_folder.join("sweep.lock"),
        LockMode::Exclusive,
        limit,
        progress,
        "another seaworthy to tidy up",
    )
}
