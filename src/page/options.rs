use std::path::PathBuf;

/// The options of `seaworthy page`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOptions {
    /// Names of lessons, or files.
    pub lessons: Vec<String>,
    /// The file, the folder for several pages, or `-`.
    pub out: Option<PathBuf>,
    /// Whether to make a page of each lesson, of the exercises, and an index.
    pub all: bool,
    /// Whether to leave out the outputs.
    pub no_run: bool,
    /// Whether to add a picture of what the run did and when.
    pub timeline: bool,
    /// Whether to replace what differs from run to run.
    pub stable: bool,
    /// Whether to make the page even if a step fails.
    pub keep_going: bool,
    /// The folder of the lessons; `None` for the built-in ones.
    pub course: Option<PathBuf>,
    /// Whether the lessons' scripts run unconfined.
    pub trust: bool,
}
