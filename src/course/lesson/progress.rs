use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::course::progress_file::ProgressFile;
use crate::error::Result;

/// How far a learner came in every lesson.
#[derive(Debug)]
pub struct LessonProgress {
    file: ProgressFile,
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

/// The part of the file that is about lessons.
const PART: &str = "lessons";

impl LessonProgress {
    /// The progress kept in `folder`, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: ProgressFile::in_folder(folder),
        }
    }

    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// How far the learner came in `lesson`. A file that cannot be read is no progress: it must not stop anybody.
    pub fn place(&self, lesson: &str) -> Place {
        let mut places = places(self.file.part(PART));
        places.remove(lesson).unwrap_or_default()
    }

    /// Keeps a place.
    ///
    /// # Errors
    /// `Server` where the file cannot be written.
    pub fn keep(&self, lesson: &str, place: &Place) -> Result<()> {
        self.file.change(PART, |kept| {
            let mut places = places(kept);
            places.insert(lesson.to_owned(), place.clone());
            serde_json::to_value(places).unwrap_or_default()
        })
    }
}

fn places(kept: Option<Value>) -> Places {
    kept.and_then(|kept| serde_json::from_value(kept).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn saving_progress_keeps_unknown_fields() {
        let folder = tempfile::tempdir().unwrap();
        let progress = LessonProgress::in_folder(&folder.path().join("deep/er"));
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
    fn a_broken_progress_file_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let progress = LessonProgress::in_folder(folder.path());
        fs::write(progress.file(), "{ \"lessons\": ").unwrap();
        progress.keep("a", &Place::default()).unwrap();
        let aside = fs::read_to_string(folder.path().join("progress.json.broken")).unwrap();
        assert_eq!(aside, "{ \"lessons\": ");
    }
}
