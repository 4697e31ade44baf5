//! The user's editor.

use std::io;
use std::path::Path;

use super::environment::Environment;
use crate::cli::confined::editor_requests::request_editor;
use crate::error::{Error, Result, system_words};
use crate::repl::editor_command;

/// Returns the command line of the editor: `$VISUAL`, `$EDITOR`, or `vi`.
pub(super) fn of(environment: &Environment) -> String {
    ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| environment.get(name)?.to_str())
        .unwrap_or("vi")
        .to_owned()
}

/// Opens a file in the editor, and waits until the editor is closed.
///
/// A confined process asks its supervisor to do it.
///
/// # Errors
/// `InvalidArgument` if the editor cannot be started, or fails.
pub(super) fn open(environment: &Environment, file: &Path) -> Result<()> {
    request_editor(environment, file).unwrap_or_else(|| start(environment, file))
}

/// Opens a file in the editor as a child of this process.
///
/// # Errors
/// As [`open`].
pub(super) fn start(environment: &Environment, file: &Path) -> Result<()> {
    let program = of(environment);
    let status = editor_command(&program)
        .and_then(|mut command| command.arg(file).status())
        .and_then(|status| match status.success() {
            true => Ok(()),
            false => Err(io::Error::other(status.to_string())),
        });
    status.map_err(|why| {
        let why = system_words(&why);
        Error::invalid_argument(format!("the editor `{program}` failed: {why}"))
            .hint("the variable `EDITOR` names the one to use")
    })
}
