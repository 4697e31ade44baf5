use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result, system_words};

/// `progress.json` in the data folder, for people to read too; lessons and exercises each have a part of it.
///
/// The file is never half written: a new one takes the place of the old one in a single step. What other parts of the
/// course keep in it stays, whoever writes at the same time.
#[derive(Clone, Debug)]
pub(super) struct ProgressFile {
    file: PathBuf,
}

impl ProgressFile {
    /// The file in `folder`, which need not exist yet.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            file: folder.join("progress.json"),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// A part of what is kept. A file that cannot be read is no progress: it must not stop anybody.
    pub(super) fn part(&self, name: &str) -> Option<Value> {
        self.read().remove(name)
    }

    /// Changes a part of what is kept, which is none at first.
    ///
    /// # Errors
    /// `Server` where the file cannot be written; the old one is still there.
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
                format!("progress cannot be kept in `{file}`: {why}"),
            )
            .hint("make room there, or set XDG_DATA_HOME to a folder of your own")
        })
    }

    /// Keeps other terminals from writing between our reading and our writing. It is let go with the file.
    fn locked(&self) -> std::io::Result<Option<File>> {
        let folder = self.file.parent().ok_or(ErrorKind::NotFound)?;
        // Like everything else in the data folder: nobody else's business.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let lock = File::create(self.file.with_extension("lock"))?;
        // Some file systems have no locks: then the last one to write wins.
        Ok(lock.lock().is_ok().then_some(lock))
    }

    /// What the file holds. One that is no JSON is put aside, not overwritten: somebody may have edited it.
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
        // The name itself is on the disk when its folder is.
        File::open(folder)?.sync_all()
    }
}
