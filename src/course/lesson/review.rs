use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::library::Library;
use super::model::Step;
use super::progress::LessonProgress;
use super::question::Question;
use crate::course::progress_file::ProgressFile;
use crate::error::Result;

/// The field of the progress file for the review.
const PART: &str = "review";

/// When the questions of finished lessons are asked again, at growing distances.
#[derive(Debug)]
pub struct Review {
    file: ProgressFile,
}

/// When one question is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Due {
    /// The day, counted from 1970-01-01.
    day: u64,
    /// The days between the last answer and that day.
    distance: u64,
}

/// A question that is due.
#[derive(Clone, Debug)]
pub struct DueQuestion<'a> {
    pub lesson: &'a str,
    pub question: &'a Question,
    key: String,
    day: u64,
}

type Plan = BTreeMap<String, Due>;

impl Review {
    /// Returns the review whose plan is saved in `folder`, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: ProgressFile::in_folder(folder),
        }
    }

    /// Returns the questions of finished lessons that are due on a day, the oldest first.
    ///
    /// A question that was never asked is due at once.
    pub fn due<'a>(
        &self,
        library: &'a Library,
        progress: &LessonProgress,
        today: u64,
    ) -> Vec<DueQuestion<'a>> {
        let plan = plan(self.file.part(PART));
        let finished = library
            .lessons()
            .iter()
            .filter(|lesson| progress.place(&lesson.name).done);
        let mut due: Vec<DueQuestion> = finished
            .flat_map(|lesson| lesson.steps.iter().map(move |step| (lesson, step)))
            .filter_map(|(lesson, step)| match step {
                Step::Question(question) if question.value.is_none() => {
                    let key = format!("{}: {}", lesson.name, question.text);
                    let day = plan.get(&key).map_or(0, |due| due.day);
                    Some(DueQuestion {
                        lesson: &lesson.title,
                        question,
                        key,
                        day,
                    })
                }
                _ => None,
            })
            .filter(|due| due.day <= today)
            .collect();
        due.sort_by_key(|due| due.day);
        due
    }

    /// Plans when a question is asked again: after twice the days, or tomorrow if it was wrong.
    ///
    /// # Errors
    /// `Server` if the file cannot be written.
    pub fn answered(&self, due: &DueQuestion, is_right: bool, today: u64) -> Result<()> {
        self.file.change(PART, |kept| {
            let mut plan = plan(kept);
            let before = plan.get(&due.key).map_or(0, |due| due.distance);
            let distance = if is_right { (before * 2).max(1) } else { 1 };
            let day = today + distance;
            plan.insert(due.key.clone(), Due { day, distance });
            serde_json::to_value(plan).unwrap_or_default()
        })
    }
}

fn plan(kept: Option<Value>) -> Plan {
    kept.and_then(|kept| serde_json::from_value(kept).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::lesson::LessonPlace;

    #[test]
    fn questions_of_finished_lessons_come_back_at_growing_distances() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::built_in().unwrap();
        let progress = LessonProgress::in_folder(folder.path());
        let review = Review::in_folder(folder.path());
        assert!(review.due(&library, &progress, 100).is_empty());
        let done = LessonPlace {
            done: true,
            ..LessonPlace::default()
        };
        let lesson = library.find("0").unwrap();
        progress.keep(&lesson.name, &done).unwrap();
        let due = review.due(&library, &progress, 100);
        assert_eq!(due.len(), lesson.questions());
        let on = |day: u64| {
            let due = review.due(&library, &progress, day);
            due.iter()
                .any(|one| one.question.text.starts_with("A function"))
        };
        for (today, next) in [(100, 101), (101, 103), (103, 107)] {
            assert!(on(today) && !on(today - 1) | (today == 100));
            let due = review.due(&library, &progress, today);
            let first = due
                .iter()
                .find(|one| one.question.text.starts_with("A function"));
            review.answered(first.unwrap(), true, today).unwrap();
            assert!(!on(next - 1) && on(next), "{next}");
        }
        let due = review.due(&library, &progress, 107);
        let first = due
            .iter()
            .find(|one| one.question.text.starts_with("A function"));
        review.answered(first.unwrap(), false, 107).unwrap();
        assert!(!on(107) && on(108));
    }
}
