use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::server::errors::server_error;
use crate::server::install;
use crate::server::install::source::ArchiveSource;
use crate::server::mongod::{Mongod, Origin, Version};
use crate::server::progress::Progress;
use crate::server::settings::ServerSettings;

use super::proof::Proof;
use super::proof::prove;
use super::proof_cache::ProofCache;
use super::writers::open_to_others;

/// Finds a `mongod` that runs on this machine: the given one, then the `PATH`, then the cache, then
/// an install.
///
/// If the given one does not run, this is an error. One on the `PATH` is skipped, and the reason is
/// shown only if no other is found.
///
/// # Errors
/// `Server`, with a hint about what to do.
pub fn find(settings: &ServerSettings, progress: &dyn Progress) -> Result<Mongod> {
    if let Some(error) = &settings.without_mongod {
        return Err(error.clone());
    }
    let cache = ProofCache::of(&settings.folders);
    if let Some(path) = &settings.mongod {
        return given(path, &cache);
    }
    let mut passed_over = Vec::new();
    for path in on_the_path(settings) {
        match examine(&path, &cache) {
            Ok(proof) => {
                return Ok(Mongod {
                    path,
                    version: proof.version,
                    origin: Origin::Path,
                });
            }
            Err(error) => passed_over.push(error.message().to_owned()),
        }
    }
    install(&ArchiveSource::PINNED, settings, progress)
        .map_err(|error| with_reasons(error, &passed_over))
}

fn given(path: &Path, cache: &ProofCache) -> Result<Mongod> {
    // Absolute, because the keeper runs in another folder.
    let path = path.canonicalize().map_err(|_| {
        server_error(format!("there is no `{}`", path.display())).hint(
            "give the path of a `mongod` with `--mongod` or `SEAWORTHY_MONGOD`, or leave both out",
        )
    })?;
    let proof = prove(&path, cache)?;
    Ok(Mongod {
        path,
        version: proof.version,
        origin: Origin::Given,
    })
}

/// Returns every `mongod` on the `PATH`, in order.
fn on_the_path(settings: &ServerSettings) -> Vec<PathBuf> {
    let path = settings.path.clone().unwrap_or_default();
    // A relative entry would depend on the current folder.
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("mongod"))
        .filter(|candidate| candidate.is_file())
        .collect()
}

fn examine(path: &Path, cache: &ProofCache) -> Result<Proof> {
    // Another user with write access could place a `mongod` there that would run as this user.
    if let Some(open) = open_to_others(path) {
        return Err(server_error(format!(
            "other users can write to `{}` and could have replaced `{}`",
            open.display(),
            path.display()
        )));
    }
    let proof = prove(path, cache)?;
    if proof.version < Version::OLDEST {
        return Err(server_error(format!(
            "`{}` is version {}, older than {}",
            path.display(),
            proof.version,
            Version::OLDEST.series()
        )));
    }
    Ok(proof)
}

fn with_reasons(error: Error, passed_over: &[String]) -> Error {
    if passed_over.is_empty() {
        return error;
    }
    let hint = error.hint_text().unwrap_or_default();
    let hint = format!("{hint}\nskipped: {}", passed_over.join("; "));
    error.hint(hint)
}
