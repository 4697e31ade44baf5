use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::course::progress_file::ProgressFile;
use crate::error::{Error, Result};

/// The part of the file that is about exercises: an entry a course.
const PART: &str = "exercises";

/// How far a learner came in the exercises of one course.
///
/// What cannot be written to the file is still known for as long as this lives.
#[derive(Debug)]
pub struct Progress {
    file: ProgressFile,
    course: String,
    kept: SavedProgress,
}

/// What is kept of a course.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedProgress {
    /// Where the learner's files are.
    pub folder: Option<PathBuf>,
    /// The exercise that the learner is at.
    pub current: Option<String>,
    pub exercises: BTreeMap<String, Standing>,
}

/// How far a learner came in one exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Whether its check was satisfied, now or earlier.
    pub solved: bool,
    /// How many hints were asked for.
    pub hints: usize,
}

impl Progress {
    /// What is kept in `folder`, which need not exist yet, about a course.
    pub fn of(course: &str, folder: &Path) -> Self {
        let file = ProgressFile::in_folder(folder);
        let kept = kept(file.part(PART).as_ref(), course);
        Self {
            file,
            course: course.to_owned(),
            kept,
        }
    }

    pub fn file(&self) -> &Path {
        self.file.path()
    }

    pub fn kept(&self) -> &SavedProgress {
        &self.kept
    }

    pub fn standing(&self, exercise: &str) -> Standing {
        let standing = self.kept.exercises.get(exercise);
        standing.copied().unwrap_or_default()
    }

    /// Whether another course keeps its learner's files in `folder`.
    pub fn other_course_in(&self, folder: &Path) -> Option<String> {
        let part = self.file.part(PART)?;
        let mut courses = part.as_object()?.keys();
        courses
            .find(|course| {
                **course != self.course
                    && kept(Some(&part), course).folder.as_deref() == Some(folder)
            })
            .cloned()
    }

    /// Changes what is kept, here and in the file. Another terminal's changes to other things stay.
    ///
    /// # Errors
    /// `Server` where the file cannot be written; it then holds what it held.
    pub fn change(&mut self, change: impl Fn(&mut SavedProgress)) -> Result<()> {
        change(&mut self.kept);
        if self
            .kept
            .folder
            .as_ref()
            .is_some_and(|folder| folder.to_str().is_none())
        {
            return Err(Error::invalid_argument("the folder's name is not UTF-8"));
        }
        self.file.change(PART, |part| {
            let mut ours = kept(part.as_ref(), &self.course);
            change(&mut ours);
            let mut courses = match part {
                Some(Value::Object(courses)) => courses,
                _ => Map::new(),
            };
            // Paths in UTF-8 and plain numbers always become JSON.
            let ours = serde_json::to_value(ours).unwrap_or_default();
            courses.insert(self.course.clone(), ours);
            Value::Object(courses)
        })
    }
}

fn kept(part: Option<&Value>, course: &str) -> SavedProgress {
    part.and_then(|part| serde_json::from_value(part.get(course)?.clone()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_course_has_its_own_progress() {
        let folder = tempfile::tempdir().unwrap();
        let mut ours = Progress::of("seaworthy", folder.path());
        let mut theirs = Progress::of("/theirs", folder.path());
        ours.change(|kept| kept.current = Some("01_a".to_owned()))
            .unwrap();
        theirs
            .change(|kept| kept.folder = Some("/home/ada/theirs".into()))
            .unwrap();
        ours.change(|kept| kept.exercises.entry("01_a".to_owned()).or_default().hints += 1)
            .unwrap();
        let again = Progress::of("seaworthy", folder.path());
        assert_eq!(again.kept(), ours.kept());
        assert_eq!(
            again.standing("01_a"),
            Standing {
                solved: false,
                hints: 1
            }
        );
        assert_eq!(
            ours.other_course_in(Path::new("/home/ada/theirs"))
                .as_deref(),
            Some("/theirs")
        );
        assert_eq!(theirs.other_course_in(Path::new("/home/ada/theirs")), None);
    }

    #[test]
    fn unsaved_progress_stays_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let no_folder = folder.path().join("file");
        std::fs::write(&no_folder, "in the way").unwrap();
        let mut progress = Progress::of("seaworthy", &no_folder);
        let kept = progress.change(|kept| kept.current = Some("01_a".to_owned()));
        assert!(
            kept.unwrap_err()
                .message()
                .contains("progress cannot be kept")
        );
        assert_eq!(progress.kept().current.as_deref(), Some("01_a"));
    }
}
