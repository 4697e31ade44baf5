use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::Result;

use super::errors::{io_error, server_error};

/// Reads a secret, or creates one of 64 random hexadecimal digits that only this user can read.
///
/// Hexadecimal digits are valid in a key file (base64) and in a URI.
pub(super) fn ensure(path: &Path) -> Result<String> {
    match read(path) {
        Ok(secret) => return Ok(secret),
        Err(_) if !path.exists() => {}
        // The first write was interrupted, so no server can use this secret yet.
        Err(_) if path.metadata().is_ok_and(|found| found.len() == 0) => remove(path)?,
        Err(error) => return Err(error),
    }
    let secret: String = rand::random::<[u8; 32]>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // `create_new` is O_EXCL: it never writes to a file or link that another user has placed there.
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match opened.and_then(|mut file| {
        file.write_all(secret.as_bytes())
            .and_then(|()| file.sync_all())
    }) {
        Ok(()) => Ok(secret),
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => read(path),
        Err(cause) => Err(io_error("write", path, &cause)),
    }
}

/// Reads an existing secret.
pub(super) fn read(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).map_err(|cause| io_error("read", path, &cause))?;
    let secret = text.trim();
    if secret.len() < 32 {
        return Err(
            server_error(format!("`{}` does not hold a password", path.display())).hint(
                "a file of the private server was changed: move the folder away to start again",
            ),
        );
    }
    Ok(secret.to_owned())
}

fn remove(path: &Path) -> Result<()> {
    std::fs::remove_file(path).map_err(|cause| io_error("remove", path, &cause))
}
