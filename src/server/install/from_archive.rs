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

/// Longer than any archive of MongoDB's, in bytes; a mirror must not fill the disk.
const LONGEST: u64 = 1 << 30;

/// Fetches one of MongoDB's archives into `folder`, compares it with the publisher's `.sha256`, takes `mongod` out of it
/// to `unpacked`, and proves that it runs here.
///
/// # Errors
/// `Server`: not to be had, cut off, changed on its way, not an archive, without a `mongod`, or one that does not run.
pub fn from_archive(
    archive: &Archive,
    archives: &Archives,
    folder: &Path,
    unpacked: &Path,
    into: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let download = Download::new(&archives.base, archives.silence);
    let address = format!("{}/{}", archives.base.trim_end_matches('/'), archive.path);
    // First, because it is small: where nothing can be reached, nothing is announced.
    let note = download.text(&format!("{address}.sha256"), progress)?;
    let promised = digits(&note).ok_or_else(|| {
        server_error(format!(
            "what is served as `{}.sha256` is no checksum",
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
            "`{}` came with the SHA-256 {sum} instead of {promised}",
            archive.name()
        )));
    }
    take_mongod(&fetched, archive, unpacked, progress)?;
    run_version(unpacked).map(drop)
}

/// The 64 hexadecimal digits that a checksum file begins with.
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
        // Nothing is written but this one file, to a path of our choice: other names, links included, can do no harm.
        if entry.header().entry_type().is_file() && entry.path().is_ok_and(|path| is_mongod(&path))
        {
            let total = entry.size().min(LONGEST);
            return write_program(&mut entry, to, total, progress, &broken);
        }
    }
    Err(self::broken(archive, "there is no `bin/mongod` in it"))
}

/// Whether a path is `FOLDER/bin/mongod`, and nothing cleverer.
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
