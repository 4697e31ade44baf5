use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::server::folders::Folders;
use crate::server::mongod::Version;
use crate::server::private_folder;

/// The cache of successful test runs, so that a start does not repeat them.
///
/// Errors of the cache are ignored; the candidate is then run again.
#[derive(Clone, Debug)]
pub(crate) struct ProofCache {
    file: PathBuf,
}

/// The state of a candidate when it ran. Any change makes the entry invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    size: u64,
    modified: i64,
    modified_ns: i64,
    inode: u64,
    version: String,
}

impl ProofCache {
    pub(crate) fn of(folders: &Folders) -> Self {
        Self {
            file: folders.cache.join("proven.json"),
        }
    }

    /// Returns the version of a candidate that has run before and has not changed.
    pub(crate) fn recall(&self, path: &Path) -> Option<Version> {
        let note = self.read().remove(&key(path))?;
        let now = describe(path, &note.version)?;
        (note == now)
            .then(|| Version::parse(&note.version))
            .flatten()
    }

    /// Stores that a candidate has run.
    pub(crate) fn note(&self, path: &Path, version: Version) {
        let Some(note) = describe(path, &version.to_string()) else {
            return;
        };
        let mut notes = self.read();
        notes.insert(key(path), note);
        self.write(&notes);
    }

    fn read(&self) -> BTreeMap<String, Note> {
        std::fs::read(&self.file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn write(&self, notes: &BTreeMap<String, Note>) {
        let Some(folder) = self.file.parent() else {
            return;
        };
        if private_folder::ensure(folder).is_err() {
            return;
        }
        // Written atomically, so that readers never see an incomplete file.
        if let Ok(text) = serde_json::to_vec_pretty(notes)
            && let Ok(mut file) = tempfile::NamedTempFile::new_in(folder)
            && std::io::Write::write_all(&mut file, &text).is_ok()
        {
            let _ = file.persist(&self.file);
        }
    }
}

fn key(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn describe(path: &Path, version: &str) -> Option<Note> {
    let found = path.metadata().ok()?;
    Some(Note {
        size: found.size(),
        modified: found.mtime(),
        modified_ns: found.mtime_nsec(),
        inode: found.ino(),
        version: version.to_owned(),
    })
}
