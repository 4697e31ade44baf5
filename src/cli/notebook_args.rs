use std::path::PathBuf;

use clap::Args;

/// The options of `seaworthy notebook`.
#[derive(Args, Debug)]
pub struct NotebookArgs {
    /// A script, a notebook, or the number or name of a lesson or an exercise
    #[arg(value_name = "FILE|LESSON|EXERCISE")]
    pub file: PathBuf,

    /// The file to write; `-` means standard output [default: the same name with .ipynb or .rhai]
    #[arg(short, long, value_name = "OUT")]
    pub out: Option<PathBuf>,

    /// Run the cells and store their outputs in the notebook
    #[arg(long)]
    pub run: bool,

    /// Remove all outputs from the notebook
    #[arg(long, conflicts_with = "run")]
    pub clear: bool,

    /// Store the notebook even if a cell fails
    #[arg(long, requires = "run")]
    pub keep_going: bool,
}
