//! Passes the path of `mongod` to the confined process, which cannot download it.

use std::path::PathBuf;
use std::process::Command;

use crate::cli::environment::Environment;
use crate::error::{Error, Kind, Result};

/// The variable with the error if there is no `mongod`: the message and the hint as JSON.
const MISSING: &str = "SEAWORTHY_WITHOUT_MONGOD";

/// Passes on the path, or the error, which matters only to scripts that use a server.
pub(super) fn pass_on(command: &mut Command, found: Result<PathBuf>) {
    match found {
        Ok(path) => {
            command.env("SEAWORTHY_MONGOD", path);
        }
        Err(error) => {
            let said = (error.message(), error.hint_text().unwrap_or_default());
            let said = serde_json::to_string(&said).unwrap_or_default();
            command.env(MISSING, said);
        }
    }
}

/// Returns the error if the supervisor found no `mongod`.
pub(crate) fn without_mongod(environment: &Environment) -> Option<Error> {
    let said = environment.get(MISSING)?.to_str()?;
    let (message, hint): (String, String) = serde_json::from_str(said).ok()?;
    Some(Error::new(Kind::Server, message).hint(hint))
}
