use std::fs::{DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Result;

use super::errors::{io_error, server_error};

/// The longest allowed path of a Unix socket, in bytes. The system limit is 107 on Linux and 103 on
/// macOS.
const LONGEST_SOCKET: usize = 100;

/// Creates a folder, with its parents, that only this user can enter. An existing folder is
/// checked.
///
/// # Errors
/// `Server`, if it cannot be created, is a symbolic link or a file, or belongs to another user.
pub(super) fn ensure(folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| io_error("create the folder", folder, &cause))?;
    check(folder)
}

/// Creates a folder that only this user can enter, whose path is `prefix` and a random name;
/// returns both.
///
/// # Errors
/// `Server`, if it cannot be created.
pub(super) fn make_unique(prefix: &str) -> Result<(PathBuf, String)> {
    loop {
        // Lower case only, because drivers convert the names of sockets to lower case.
        let name = format!("{:08x}", rand::random::<u32>());
        let folder = PathBuf::from(format!("{prefix}{name}"));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok((folder, name)),
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(io_error("create the folder", &folder, &cause)),
        }
    }
}

/// Checks that the folder belongs to this user; removes the access of others if necessary.
fn check(folder: &Path) -> Result<()> {
    // Not `metadata`, which would follow a link that another user has placed there.
    let found = folder
        .symlink_metadata()
        .map_err(|cause| io_error("look at", folder, &cause))?;
    if !found.is_dir() {
        return Err(
            server_error(format!("`{}` is not a folder", folder.display()))
                .hint("it may be a link that another user made: check its owner, then remove it"),
        );
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(server_error(format!(
            "the folder `{}` belongs to another user",
            folder.display()
        ))
        .hint("use one of your own: set XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME"));
    }
    if found.mode() & 0o077 != 0 {
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(|cause| io_error("restrict access to", folder, &cause))?;
    }
    Ok(())
}

/// Returns a private folder with a short path for the sockets of `owner`.
///
/// It is in the session's runtime folder, if that belongs to this user and its path is short
/// enough. Otherwise it is a new folder in `/tmp` with a random name, so that no other user can
/// create it first.
pub(super) fn for_sockets(
    runtime: Option<&Path>,
    owner: &Path,
    longest_name: &str,
) -> Result<PathBuf> {
    let name = short_name(owner);
    if let Some(folder) = runtime.map(|runtime| runtime.join(&name))
        && !has_capitals(&folder)
        && folder.join(longest_name).as_os_str().len() <= LONGEST_SOCKET
        && ensure_runtime(&folder).is_ok()
    {
        return Ok(folder);
    }
    // Not TMPDIR, whose path may be long.
    make_unique("/tmp/seaworthy-").map(|(folder, _)| folder)
}

/// Drivers convert the member names of a set to lower case, and would then look for another folder.
fn has_capitals(folder: &Path) -> bool {
    folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .any(u8::is_ascii_uppercase)
}

/// Does the same as [`ensure`] for a folder below the session's runtime folder. That folder must
/// exist: the program does not create `/run/user/1000`.
fn ensure_runtime(folder: &Path) -> Result<()> {
    if let Some(ours) = folder.parent() {
        match DirBuilder::new().mode(0o700).create(ours) {
            Err(cause) if cause.kind() != ErrorKind::AlreadyExists => {
                return Err(io_error("create the folder", ours, &cause));
            }
            _ => check(ours)?,
        }
    }
    ensure(folder)
}

/// Returns eight hexadecimal digits: the hash of a path.
fn short_name(owner: &Path) -> String {
    let digest = Sha256::digest(owner.as_os_str().as_encoded_bytes());
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Removes a folder of sockets, and its parent if that is empty. It does nothing if the folder does
/// not exist or belongs to another user.
pub(super) fn remove_sockets(folder: &Path) {
    if check(folder).is_err() {
        return;
    }
    let _ = std::fs::remove_dir_all(folder);
    if let Some(above) = folder.parent() {
        let _ = std::fs::remove_dir(above);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_closed_to_other_users() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/b");
        ensure(&folder).unwrap();
        assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        ensure(&folder).unwrap();
        assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_planted_link_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("link");
        std::os::unix::fs::symlink("/tmp", &link).unwrap();
        let error = ensure(&link).unwrap_err();
        assert!(error.message().contains("is not a folder"), "{error}");
    }

    #[test]
    fn a_long_runtime_folder_is_replaced_by_a_short_one() {
        let place = tempfile::tempdir().unwrap();
        let long = place.path().join("x".repeat(90));
        std::fs::create_dir(&long).unwrap();
        let folder = for_sockets(Some(&long), place.path(), "m.sock").unwrap();
        assert!(folder.starts_with("/tmp"), "{}", folder.display());
        remove_sockets(&folder);
    }
}
