use std::io;
use std::path::Path;

use crate::error::{Error, Kind};

/// Creates an error of kind [`Kind::Server`].
pub(super) fn server_error(message: impl Into<String>) -> Error {
    Error::new(Kind::Server, message)
}

/// Creates an error for a failed file operation: what the program did, with which path, and the
/// system's reason.
pub(super) fn io_error(doing: &str, path: &Path, cause: &io::Error) -> Error {
    let error = server_error(format!(
        "cannot {doing} `{}`: {}",
        path.display(),
        plain(cause)
    ));
    // An error that comes from a library may have lost the number.
    let number = cause.raw_os_error().or(match cause.kind() {
        io::ErrorKind::PermissionDenied => Some(libc::EACCES),
        io::ErrorKind::ReadOnlyFilesystem => Some(libc::EROFS),
        io::ErrorKind::StorageFull => Some(libc::ENOSPC),
        _ => None,
    });
    match number {
        Some(libc::ENOSPC | libc::EDQUOT) => error.hint("the disk is full: free some space and try again"),
        Some(libc::EROFS) => {
            error.hint("the folder is on a read-only file system: choose another with XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME")
        }
        Some(libc::EACCES | libc::EPERM) => {
            error.hint("you may not write there: choose a folder of your own with XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME")
        }
        _ => error,
    }
}

/// Returns the system's message in lower case, without Rust's `(os error 2)`.
pub(super) fn plain(cause: &io::Error) -> String {
    let words = cause.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
