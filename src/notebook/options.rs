use std::path::PathBuf;

/// The options of `seaworthy notebook`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotebookOptions {
    /// A script, a notebook, or the name of a lesson.
    pub file: PathBuf,
    /// The file to write, or `-`.
    pub out: Option<PathBuf>,
    /// Whether to run the cells and store their outputs.
    pub run: bool,
    /// Whether to remove all outputs.
    pub clear: bool,
    /// Whether to store the notebook even if a cell fails.
    pub keep_going: bool,
}
