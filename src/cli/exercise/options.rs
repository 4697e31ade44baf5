use std::path::PathBuf;

use super::args::{LowCourse, LowExercise, LowWork};
use crate::error::{Error, Result};

/// What is to be done with exercises, and with whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseOptions {
    pub work: Work,
    /// None: the exercise that the learner is at.
    pub name: Option<String>,
    /// A folder with a course, in place of the one in the program.
    pub course: Option<PathBuf>,
    /// Whether that course's scripts may do what ours may.
    pub trust: bool,
    /// Where the learner's files are; none: where they were last time.
    pub dir: Option<PathBuf>,
}

/// What is done with an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    List,
    Run { edit: bool },
    Hint,
    Reset,
    Solution { anyway: bool },
    Next { edit: bool },
    Watch,
}

impl ExerciseOptions {
    /// The list of all exercises.
    pub fn list(course: LowCourse) -> Self {
        Self {
            work: Work::List,
            name: None,
            course: course.course,
            trust: course.trust,
            dir: course.dir,
        }
    }

    /// What was typed: `exercise 3 hint` is `exercise hint 3`.
    ///
    /// # Errors
    /// `InvalidArgument` where two names were given.
    pub fn new(low: LowExercise) -> Result<Self> {
        let (work, name) = match low.command {
            None => (Work::Run { edit: low.edit }, None),
            Some(LowWork::Hint { name }) => (Work::Hint, name),
            Some(LowWork::Reset { name }) => (Work::Reset, name),
            Some(LowWork::Solution { name, anyway }) => (Work::Solution { anyway }, name),
            Some(LowWork::Next { edit }) => (
                Work::Next {
                    edit: edit || low.edit,
                },
                None,
            ),
            Some(LowWork::Watch { name }) => (Work::Watch, name),
        };
        let name = match (low.name, name) {
            (Some(first), Some(second)) => {
                return Err(Error::invalid_argument(format!(
                    "`{first}` and `{second}` are two exercises"
                ))
                .hint("name one"));
            }
            (first, second) => first.or(second),
        };
        if name.is_some() && matches!(work, Work::Next { .. }) {
            return Err(
                Error::invalid_argument("`next` goes on from the exercise you are at")
                    .hint("leave the name out, or leave `next` out to go to that exercise"),
            );
        }
        Ok(Self {
            work,
            name,
            course: low.course.course,
            trust: low.course.trust,
            dir: low.course.dir,
        })
    }
}
