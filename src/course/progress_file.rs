use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result, system_words};

/// The file `progress.json` in the data folder, with a field for lessons and one for exercises.
///
/// Changes are atomic, and concurrent changes of other fields are kept.
#[derive(Clone, Debug)]
pub(super) struct ProgressFile {
    file: PathBuf,
}

impl ProgressFile {
    /// Returns the file in `folder`, which need not exist yet.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            file: folder.join("progress.json"),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Reads a field; `None` if the file cannot be read.
    pub(super) fn part(&self, name: &str) -> Option<Value> {
        self.read().remove(name)
    }

    /// Changes a field, which is `None` at first.
    ///
    /// # Errors
    /// `Server` if the file cannot be written; it is then unchanged.
    pub(super) fn change(
        &self,
        name: &str,
        change: impl FnOnce(Option<Value>) -> Value,
    ) -> Result<()> {
        let changed = self.locked().and_then(|lock| {
            let mut all = self.read();
            let part = change(all.remove(name));
            all.insert(name.to_owned(), part);
            let written = self.write(&all);
            drop(lock);
            written
        });
        changed.map_err(|error| {
            let (file, why) = (self.file.display(), system_words(&error));
            Error::new(
                Kind::Server,
                format!("progress cannot be saved in `{file}`: {why}"),
            )
            .hint("make room there, or set XDG_DATA_HOME to a folder of your own")
        })
    }

    /// Locks the file for a read and a write. Dropping the returned file releases the lock.
    fn locked(&self) -> std::io::Result<Option<File>> {
        let folder = self.file.parent().ok_or(ErrorKind::NotFound)?;
        // Only the user may read the data folder.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let lock = File::create(self.file.with_extension("lock"))?;
        // Some file systems have no locks: then the last write wins.
        Ok(lock.lock().is_ok().then_some(lock))
    }

    /// Reads the file. One that is not JSON is renamed, because the user may have edited it.
    fn read(&self) -> Map<String, Value> {
        let Ok(text) = fs::read(&self.file) else {
            return Map::new();
        };
        serde_json::from_slice(&text).unwrap_or_else(|_| {
            let _ = fs::rename(&self.file, self.file.with_extension("json.broken"));
            Map::new()
        })
    }

    fn write(&self, all: &Map<String, Value>) -> std::io::Result<()> {
        let folder = self.file.parent().ok_or(ErrorKind::NotFound)?;
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        let text = serde_json::to_string_pretty(all)?;
        new.write_all(text.as_bytes())?;
        new.write_all(b"\n")?;
        new.as_file().sync_all()?;
        new.persist(&self.file).map_err(|error| error.error)?;
        // Syncing the folder makes the rename durable.
        File::open(folder)?.sync_all()
    }
}
