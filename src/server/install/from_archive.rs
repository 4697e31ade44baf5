use std::fs::File;
use std::path::{Component, Path};

use flate2::read::GzDecoder;

use super::archives::Archives;
use crate::error::{Error, Result};
use crate::server::errors::{io_error, server_error};
use crate::server::find::proof::run_version;
use crate::server::progress::{Progress, StartEvent};

use super::archive::Archive;
use super::checksum::sha256_of;
use super::download::Download;
use super::unpack::write_program;

/// The maximum size of an archive, in bytes, so that a mirror cannot fill the disk.
const LONGEST: u64 = 1 << 30;

/// Downloads one of MongoDB's archives to `folder`, compares it with its `.sha256`, unpacks
/// `mongod` to `unpacked`, and checks that it runs.
///
/// # Errors
/// `Server`, if the download fails or is incomplete, if the checksum differs, if it is not an
/// archive with `mongod`, or if that does not run.
pub(super) fn from_archive(
    archive: &Archive,
    archives: &Archives,
    folder: &Path,
    unpacked: &Path,
    into: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let download = Download::new(&archives.base, archives.silence);
    let address = format!("{}/{}", archives.base.trim_end_matches('/'), archive.path);
    // First, because it is small: if the server is not reachable, no download is announced.
    let note = download.text(&format!("{address}.sha256"), progress)?;
    let promised = digits(&note).ok_or_else(|| {
        server_error(format!(
            "`{}.sha256` does not contain a checksum",
            archive.name()
        ))
    })?;
    let fetched = folder.join("archive.tgz");
    download.file(
        &address,
        &fetched,
        LONGEST,
        progress,
        &mut |bytes| {
            progress.tell(&StartEvent::Fetching {
                what: format!("MongoDB {} (`{}`)", archive.version, archive.name()),
                bytes,
                into: into.to_owned(),
            });
        },
        &mut |done, total| progress.tell(&StartEvent::Fetched { done, total }),
    )?;
    progress.tell(&StartEvent::Verifying);
    let sum = sha256_of(&fetched, progress)?;
    if sum != promised {
        return Err(server_error(format!(
            "`{}` has the SHA-256 {sum} instead of {promised}",
            archive.name()
        )));
    }
    take_mongod(&fetched, archive, unpacked, progress)?;
    run_version(unpacked).map(drop)
}

/// Returns the 64 hexadecimal digits at the start of a checksum file.
fn digits(note: &str) -> Option<String> {
    let sum = note.split_whitespace().next()?;
    let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sum.then(|| sum.to_ascii_lowercase())
}

fn take_mongod(
    fetched: &Path,
    archive: &Archive,
    to: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let broken = |cause: std::io::Error| broken(archive, &crate::server::errors::plain(&cause));
    let file = File::open(fetched).map_err(|cause| io_error("open", fetched, &cause))?;
    let mut tar = tar::Archive::new(GzDecoder::new(file));
    for entry in tar.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        progress.check()?;
        // Only this file is written, to a fixed path. Other names and links in the archive cannot
        // do harm.
        if entry.header().entry_type().is_file() && entry.path().is_ok_and(|path| is_mongod(&path))
        {
            let total = entry.size().min(LONGEST);
            return write_program(&mut entry, to, total, progress, &broken);
        }
    }
    Err(self::broken(archive, "it does not contain `bin/mongod`"))
}

/// Returns whether a path is exactly `FOLDER/bin/mongod`.
fn is_mongod(path: &Path) -> bool {
    let names: Vec<_> = path
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    matches!(names[..], [Some(_), Some("bin"), Some("mongod")])
}

fn broken(archive: &Archive, cause: &str) -> Error {
    server_error(format!("cannot unpack `{}`: {cause}", archive.name()))
}
