use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::server::errors::{plain, server_error};
use crate::server::mongod::Version;

use super::libraries::{library_hint, missing_library};
use super::proof_cache::ProofCache;
use super::run_bounded::run_bounded;

/// `mongod --version` takes about 50 ms, and much longer on a slow disk or in an emulator.
const LIMIT: Duration = Duration::from_secs(20);

/// The result of a test run of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub version: Version,
}

/// Checks that a file is a `mongod` that runs on this machine: runs it once and stores the result
/// in the cache.
///
/// # Errors
/// `Server`, with the reason, or the name of a missing library.
pub(crate) fn prove(path: &Path, cache: &ProofCache) -> Result<Proof> {
    if let Some(version) = cache.recall(path) {
        return Ok(Proof { version });
    }
    let version = run_version(path)?;
    cache.note(path, version);
    Ok(Proof { version })
}

/// Runs a candidate and returns its version.
///
/// # Errors
/// Those of [`prove`].
pub(crate) fn run_version(path: &Path) -> Result<Version> {
    let output = run_bounded(Command::new(path).arg("--version"), LIMIT).map_err(|cause| {
        server_error(format!(
            "`{}` does not run: {}",
            path.display(),
            plain(&cause)
        ))
        .hint("give a `mongod` for this machine with `--mongod` or `SEAWORTHY_MONGOD`")
    })?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines()
        .find_map(|line| line.strip_prefix("db version "))
        .and_then(Version::parse)
        .ok_or_else(|| not_a_mongod(path, &output))
}

fn not_a_mongod(path: &Path, output: &Output) -> Error {
    let words = String::from_utf8_lossy(&output.stderr);
    if let Some(library) = missing_library(&words) {
        return server_error(format!(
            "`{}` does not run: the shared library `{library}` is missing",
            path.display()
        ))
        .hint(library_hint(library));
    }
    let reason = words
        .lines()
        .next()
        .filter(|line| !line.trim().is_empty())
        .map_or_else(
            || format!("`--version` did not name a version ({})", output.status),
            |line| line.chars().take(200).collect(),
        );
    server_error(format!(
        "`{}` is not a usable mongod: {reason}",
        path.display()
    ))
    .hint("give another with `--mongod` or `SEAWORTHY_MONGOD`")
}
