//! Notebook files: scripts as Jupyter notebooks and back, and notebooks that store their outputs.

mod cell_command;
mod cell_error;
mod cell_id;
mod cell_output;
mod cell_session;
mod cell_text;
mod file;
mod from_script;
mod merge;
mod options;
mod output_log;
mod run;
mod to_script;

pub use cell_error::cell_error;
pub use cell_output::CellOutput;
pub use cell_session::{CellEnd, CellSession};
pub use file::{CellType, DISPLAY_NAME, KERNEL_NAME, Notebook, NotebookCell, language_info};
pub use from_script::from_script;
pub use merge::keep_outputs;
pub use options::NotebookOptions;
pub use output_log::OutputLog;
pub use run::{NotebookRun, run_notebook};
pub use to_script::to_script;

/// The key of our metadata in a notebook and its cells.
const METADATA: &str = "seaworthy";
