use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::course::progress_file::ProgressFile;
use crate::error::Result;

/// The learner's progress in all lessons.
#[derive(Debug)]
pub struct LessonProgress {
    file: ProgressFile,
}

/// The learner's progress in one lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonPlace {
    /// The index of the next step.
    pub next: usize,
    /// The lesson's number of steps when this was saved.
    pub of: usize,
    /// The indexes of the steps whose code ran, in ascending order.
    pub ran: Vec<usize>,
    /// The step indexes of the questions answered right at the first try.
    pub right: Vec<usize>,
    /// The learner's own code of steps, by the index of the step.
    pub edits: BTreeMap<usize, String>,
    /// The seconds spent in this pass so far.
    pub seconds: u64,
    /// The minutes that the last complete pass took.
    pub took_minutes: Option<u64>,
    /// Whether the learner reached the end at least once.
    pub done: bool,
}

type Places = BTreeMap<String, LessonPlace>;

/// The field of the progress file for lessons.
const PART: &str = "lessons";

impl LessonProgress {
    /// Returns the progress saved in `folder`, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: ProgressFile::in_folder(folder),
        }
    }

    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// Returns the progress in `lesson`; none if the file cannot be read.
    pub fn place(&self, lesson: &str) -> LessonPlace {
        let mut places = places(self.file.part(PART));
        places.remove(lesson).unwrap_or_default()
    }

    /// Saves the progress in `lesson`.
    ///
    /// # Errors
    /// `Server` if the file cannot be written.
    pub fn keep(&self, lesson: &str, place: &LessonPlace) -> Result<()> {
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
        let place = LessonPlace {
            next: 3,
            of: 9,
            ran: vec![0, 2],
            ..LessonPlace::default()
        };
        assert_eq!(progress.place("a"), LessonPlace::default());
        progress.keep("a", &place).unwrap();
        progress.keep("b", &LessonPlace::default()).unwrap();
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
        progress.keep("a", &LessonPlace::default()).unwrap();
        let aside = fs::read_to_string(folder.path().join("progress.json.broken")).unwrap();
        assert_eq!(aside, "{ \"lessons\": ");
    }
}
