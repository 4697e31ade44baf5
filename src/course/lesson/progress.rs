use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};

/// How far a learner came in every lesson: `progress.json` in the data folder, for people to read too.
///
/// The file is never half written: a new one takes the place of the old one in a single step. What other parts of the
/// course keep in it stays.
#[derive(Debug)]
pub struct Progress {
    file: PathBuf,
}

/// How far a learner came in one lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The step that is next, from 0.
    pub next: usize,
    /// How many steps the lesson had then.
    pub of: usize,
    /// The steps whose code ran, in the lesson's order.
    pub ran: Vec<usize>,
    /// The questions answered right at the first try, by step.
    pub right: Vec<usize>,
    /// Whether the end was reached, then or earlier.
    pub done: bool,
}

type Places = BTreeMap<String, Place>;

impl Progress {
    /// The progress kept in `folder`, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: folder.join("progress.json"),
        }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How far the learner came in `lesson`. A file that cannot be read is no progress: it must not stop anybody.
    pub fn place(&self, lesson: &str) -> Place {
        self.places().remove(lesson).unwrap_or_default()
    }

    /// Keeps a place.
    ///
    /// # Errors
    /// `Server` where the file cannot be written.
    pub fn keep(&self, lesson: &str, place: &Place) -> Result<()> {
        let mut all = self.read();
        let mut places = self.places();
        places.insert(lesson.to_owned(), place.clone());
        let places = serde_json::to_value(places).unwrap_or_default();
        all.insert("lessons".to_owned(), places);
        self.write(&all).map_err(|error| {
            let file = self.file.display();
            Error::new(
                Kind::Server,
                format!("progress cannot be kept in `{file}`: {error}"),
            )
            .hint("make room there, or set XDG_DATA_HOME to a folder of your own")
        })
    }

    fn places(&self) -> Places {
        let lessons = self.read().remove("lessons");
        lessons
            .and_then(|lessons| serde_json::from_value(lessons).ok())
            .unwrap_or_default()
    }

    /// What the file holds. One that is no JSON is put aside, not overwritten: somebody may have edited it.
    fn read(&self) -> Map<String, Value> {
        let text = match fs::read(&self.file) {
            Ok(text) => text,
            Err(_) => return Map::new(),
        };
        serde_json::from_slice(&text).unwrap_or_else(|_| {
            let _ = fs::rename(&self.file, self.file.with_extension("json.broken"));
            Map::new()
        })
    }

    fn write(&self, all: &Map<String, Value>) -> std::io::Result<()> {
        let folder = self.file.parent().ok_or(ErrorKind::NotFound)?;
        // Like everything else in the data folder: nobody else's business.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_beside_what_others_keep() {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::in_folder(&folder.path().join("deep/er"));
        let place = Place {
            next: 3,
            of: 9,
            ran: vec![0, 2],
            ..Place::default()
        };
        assert_eq!(progress.place("a"), Place::default());
        progress.keep("a", &place).unwrap();
        progress.keep("b", &Place::default()).unwrap();
        assert_eq!(progress.place("a"), place);

        let text = fs::read_to_string(progress.file()).unwrap();
        let with_more = text.replacen('{', "{ \"exercises\": 4,", 1);
        fs::write(progress.file(), with_more).unwrap();
        progress.keep("b", &place).unwrap();
        assert!(
            fs::read_to_string(progress.file())
                .unwrap()
                .contains("\"exercises\": 4")
        );
    }

    #[test]
    fn a_broken_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::in_folder(folder.path());
        fs::write(progress.file(), "{ \"lessons\": ").unwrap();
        progress.keep("a", &Place::default()).unwrap();
        let aside = fs::read_to_string(folder.path().join("progress.json.broken")).unwrap();
        assert_eq!(aside, "{ \"lessons\": ");
    }
}
