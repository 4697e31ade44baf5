use std::path::PathBuf;

/// Which lesson is played, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonOptions {
    /// None: all are listed.
    pub name: Option<String>,
    pub no_pause: bool,
    pub restart: bool,
    /// A folder of lessons, in place of those in the program.
    pub course: Option<PathBuf>,
    /// Whether that folder's scripts may do what ours may.
    pub trust: bool,
}
