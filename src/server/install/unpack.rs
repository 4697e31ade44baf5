use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::server::errors::{io_error, server_error};
use crate::server::progress::{Progress, StartEvent};

/// Unpacks the file whose name ends in `inner_path` to a new file that its owner can run.
///
/// The file is synced to disk when this returns.
pub(super) fn unpack_one(
    archive: &Path,
    inner_path: &str,
    to: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let broken =
        |cause: String| server_error(format!("cannot unpack `{}`: {cause}", archive.display()));
    let file = File::open(archive).map_err(|cause| io_error("open", archive, &cause))?;
    let mut zip = zip::ZipArchive::new(file).map_err(|cause| broken(cause.to_string()))?;
    let name = zip
        .file_names()
        .flatten()
        .find(|name| name.ends_with(inner_path))
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| broken(format!("it does not contain `{inner_path}`")))?;
    let mut inner = zip
        .by_name(&name)
        .map_err(|cause| broken(cause.to_string()))?;
    let total = inner.size();
    write_program(&mut inner, to, total, progress, &|cause| {
        broken(cause.to_string())
    })
}

/// Writes `from` to a new file that its owner can run, and syncs it to disk.
pub(super) fn write_program(
    from: &mut dyn Read,
    to: &Path,
    total: u64,
    progress: &dyn Progress,
    unreadable: &dyn Fn(std::io::Error) -> Error,
) -> Result<()> {
    let written = |cause: std::io::Error| io_error("write", to, &cause);
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o700)
        .open(to)
        .map_err(written)?;
    copy(from, &mut out, total, progress, unreadable, &written)?;
    out.sync_all().map_err(written)
}

fn copy(
    from: &mut dyn Read,
    to: &mut File,
    total: u64,
    progress: &dyn Progress,
    unreadable: &dyn Fn(std::io::Error) -> Error,
    unwritable: &dyn Fn(std::io::Error) -> Error,
) -> Result<()> {
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let count = from.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(buffer.get(..count).unwrap_or_default())
            .map_err(unwritable)?;
        done += count as u64;
        progress.tell(&StartEvent::Unpacked { done, total });
        progress.check()?;
    }
}
