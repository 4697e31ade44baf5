//! The editor that the environment names.

use std::io;
use std::path::Path;

use super::environment::Environment;
use crate::cli::confined::editor_requests::request_editor;
use crate::error::{Error, Result, system_words};
use crate::repl::editor_command;

/// The command line of the editor: `$VISUAL`, `$EDITOR`, or the one that is everywhere.
pub(super) fn of(environment: &Environment) -> String {
    ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| environment.get(name)?.to_str())
        .unwrap_or("vi")
        .to_owned()
}

/// Opens a file in it, and waits until it is closed.
///
/// # Errors
/// `InvalidArgument` where there is no such editor, or it fails.
pub(super) fn open(environment: &Environment, file: &Path) -> Result<()> {
    request_editor(environment, file).unwrap_or_else(|| start(environment, file))
}

/// The same, as a child of this process.
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
