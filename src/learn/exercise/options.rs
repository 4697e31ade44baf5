use std::path::PathBuf;

use crate::course::exercise::Language;

/// The options of the commands about exercises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseOptions {
    pub work: Work,
    /// `None`: the current exercise.
    pub name: Option<String>,
    /// The folder of the course; `None` for the built-in course.
    pub course: Option<PathBuf>,
    /// Whether the course's scripts run unconfined.
    pub trust: bool,
    /// The folder of the learner's files; `None` for the remembered one.
    pub dir: Option<PathBuf>,
    /// Whether a new copy contains the check.
    pub with_check: bool,
}

/// The subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    List,
    Run {
        edit: bool,
    },
    Hint,
    Reset,
    Solution {
        anyway: bool,
        /// Another language than that of the scripts.
        language: Option<Language>,
    },
    Next {
        edit: bool,
    },
    Watch,
}
