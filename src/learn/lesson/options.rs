use std::path::PathBuf;

/// The options of `seaworthy lesson`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonOptions {
    /// `None`: list all lessons.
    pub name: Option<String>,
    pub no_pause: bool,
    pub restart: bool,
    /// The folder of the lessons; `None` for the built-in ones.
    pub course: Option<PathBuf>,
    /// Whether the lessons' scripts run unconfined.
    pub trust: bool,
}
