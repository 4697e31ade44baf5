use std::fs::{DirBuilder, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Recording;
use crate::error::{Error, Kind, Result, system_words};

/// The name of the recording of the last recorded run.
pub const LAST: &str = "last";

/// The folder with the stored recordings, which only this user can read.
#[derive(Clone, Debug)]
pub struct StoredRecordings {
    folder: PathBuf,
}

impl StoredRecordings {
    /// Returns the recordings below the folder for the program's state.
    pub fn below(state: &Path) -> Self {
        Self::in_folder(&state.join("timelines"))
    }

    /// Returns the recordings in `folder`.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Returns the file of a recording.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// Returns the names of the recordings.
    pub fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = files
            .filter_map(|file| {
                let name = file.file_name().into_string().ok()?;
                Some(name.strip_suffix(".json")?.to_owned())
            })
            .collect();
        names.sort_unstable();
        names
    }

    /// Stores a recording, which replaces an earlier one of the same name.
    ///
    /// # Errors
    /// `Server` if it cannot be written.
    pub fn save(&self, name: &str, recording: &Recording) -> Result<()> {
        let saved = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .and_then(|()| {
                let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
                file.write_all(recording.to_json().as_bytes())?;
                file.persist(self.file(name)).map_err(|error| error.error)
            });
        saved.map(drop).map_err(|error| {
            let (file, why) = (self.file(name), system_words(&error));
            let file = file.display();
            Error::new(
                Kind::Server,
                format!("the recording `{file}` cannot be written: {why}"),
            )
            .hint("make room there, or set XDG_STATE_HOME to a folder of your own")
        })
    }

    /// Loads a recording.
    ///
    /// # Errors
    /// `InvalidArgument` if there is none, or if it has the form of another version.
    pub fn load(&self, name: &str) -> Result<Recording> {
        let mut text = String::new();
        // The folder can belong to a confined script, which could put a link there.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(self.file(name));
        opened
            .and_then(|mut file| file.read_to_string(&mut text))
            .map_err(|_| {
                Error::invalid_argument(format!("there is no recorded run `{name}`"))
                    .hint("record one with `seaworthy run FILE --timeline -`; lessons, exercises and tests are always recorded")
            })?;
        Recording::from_json(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Recorder;

    #[test]
    fn a_stored_recording_is_loaded_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let stored = StoredRecordings::below(folder.path());
        assert!(stored.load(LAST).is_err());
        let recorder = Recorder::new("a script");
        recorder.add_source("a.rhai", "let password = \"hush\";");
        recorder.mark("here", None);
        let recording = recorder.recording();
        stored.save(LAST, &recording).unwrap();
        assert_eq!(stored.load(LAST).unwrap(), recording);
        assert_eq!(stored.names(), [LAST]);
        assert!(!recording.to_json().contains("hush"));
        std::fs::write(stored.file(LAST), "{}").unwrap();
        assert!(stored.load(LAST).is_err());
    }
}
