//! The learner's own version of a step.

use std::fs;
use std::path::Path;

use crate::course::lesson::CodeCell;
use crate::error::{Error, Result};

/// Opens a file in the learner's editor and waits until it is closed.
pub type StepEditor<'a> = Box<dyn Fn(&Path) -> Result<()> + 'a>;

/// Opens the code of a step in the editor. Returns the changed code.
///
/// # Errors
/// `InvalidArgument` if there is no editor, or the file cannot be written or read.
pub(super) fn edit_step(editor: &StepEditor, code: &CodeCell, text: &str) -> Result<String> {
    let wrong = |error: std::io::Error| {
        Error::invalid_argument(format!("the step cannot be edited: {error}"))
            .hint("set TMPDIR to a folder in which you may write")
    };
    let file = tempfile::Builder::new()
        .prefix("step-")
        .suffix(".rhai")
        .tempfile()
        .map_err(wrong)?;
    let title = match code.title.as_str() {
        "" => String::new(),
        title => format!("// {title}\n"),
    };
    fs::write(file.path(), format!("{title}{text}\n")).map_err(wrong)?;
    editor(file.path())?;
    let edited = fs::read_to_string(file.path()).map_err(wrong)?;
    let edited = edited.strip_prefix(&title).unwrap_or(&edited);
    Ok(edited.trim_end().to_owned())
}
