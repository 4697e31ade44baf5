use rhai::EvalAltResult;

use crate::engine::Texts;
use crate::engine::names::Names;
use crate::error::Error;
use crate::values::thrown::innermost;

/// Why a script failed, with the data that a report needs.
#[derive(Debug)]
pub struct Failure {
    pub cause: Cause,
    pub stage: Stage,
    pub origin: Origin,
}

/// The script of an error: its text and its functions.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The name of the main script in `texts`.
    pub source: String,
    /// The texts of the main script and its imports.
    pub texts: Texts,
    /// The functions that the script could have called.
    pub names: Names,
}

/// The error that ended a script.
#[derive(Debug)]
pub enum Cause {
    /// An error from Rhai: a thrown value, one of its own errors, or a parse error.
    Rhai(Box<EvalAltResult>),
    /// An error that a script did not throw.
    Error(Error),
}

/// When a script failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was parsed, and no part of it ran.
    Parse,
    /// It was running.
    Run,
}

impl Failure {
    /// Returns the error value that was thrown, if it was an error value.
    pub fn error(&self) -> Option<Error> {
        match &self.cause {
            Cause::Error(error) => Some(error.clone()),
            Cause::Rhai(error) => match innermost(error) {
                EvalAltResult::ErrorRuntime(value, _) => {
                    value.read_lock::<Error>().map(|error| error.clone())
                }
                _ => None,
            },
        }
    }

    /// Returns whether the script or one of its imports does not parse.
    pub fn is_syntax(&self) -> bool {
        let imported = matches!(&self.cause, Cause::Rhai(error)
            if matches!(innermost(error), EvalAltResult::ErrorParsing(..))
                && matches!(**error, EvalAltResult::ErrorInModule(..)));
        self.stage == Stage::Parse || imported
    }
}
