use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::course::progress_file::ProgressFile;
use crate::error::{Error, Result};

/// The field of the progress file for exercises, with one entry per course.
const PART: &str = "exercises";

/// The learner's progress in the exercises of one course.
///
/// If the file cannot be written, the progress is kept in memory.
#[derive(Debug)]
pub struct ExerciseProgress {
    file: ProgressFile,
    course: String,
    kept: SavedProgress,
}

/// The saved progress of one course.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedProgress {
    /// The folder of the learner's files.
    pub folder: Option<PathBuf>,
    /// The learner's current exercise.
    pub current: Option<String>,
    pub exercises: BTreeMap<String, Standing>,
}

/// The learner's progress in one exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Whether its check passed at least once.
    pub solved: bool,
    /// The number of hints shown.
    pub hints: usize,
}

impl ExerciseProgress {
    /// Reads the progress of a course from `folder`, which need not exist yet.
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

    /// Returns another course whose learner's files are in `folder`.
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

    /// Changes the progress in memory and in the file. Other changes in the file are kept.
    ///
    /// # Errors
    /// `Server` if the file cannot be written; it is then unchanged.
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
        let mut ours = ExerciseProgress::of("seaworthy", folder.path());
        let mut theirs = ExerciseProgress::of("/theirs", folder.path());
        ours.change(|kept| kept.current = Some("01_a".to_owned()))
            .unwrap();
        theirs
            .change(|kept| kept.folder = Some("/home/ada/theirs".into()))
            .unwrap();
        ours.change(|kept| kept.exercises.entry("01_a".to_owned()).or_default().hints += 1)
            .unwrap();
        let again = ExerciseProgress::of("seaworthy", folder.path());
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
        let mut progress = ExerciseProgress::of("seaworthy", &no_folder);
        let kept = progress.change(|kept| kept.current = Some("01_a".to_owned()));
        assert!(
            kept.unwrap_err()
                .message()
                .contains("progress cannot be saved")
        );
        assert_eq!(progress.kept().current.as_deref(), Some("01_a"));
    }
}
