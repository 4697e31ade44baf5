use std::path::PathBuf;

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
