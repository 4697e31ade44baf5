use rhai::EvalAltResult;

use crate::engine::Texts;
use crate::engine::names::Names;
use crate::error::Error;

/// Why a script did not reach its end, with what it takes to explain it.
#[derive(Debug)]
pub struct Failure {
    pub cause: Cause,
    pub stage: Stage,
    /// The main script's name in `texts`.
    pub source: String,
    /// The texts of the main script and of what it imported.
    pub texts: Texts,
    /// The functions the script could have called.
    pub names: Names,
}

/// What ended a script.
#[derive(Debug)]
pub enum Cause {
    /// What Rhai handed back: a thrown value, one of its own errors, or a script that does not parse.
    Rhai(Box<EvalAltResult>),
    /// An error that no script threw.
    Error(Error),
}

/// How far a script came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was read, and nothing of it ran.
    Parse,
    /// It ran.
    Run,
}

impl Failure {
    /// The error value that was thrown or raised, if it was one.
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

    /// Whether the script, or a script that it imports, does not parse.
    pub fn is_syntax(&self) -> bool {
        let imported = matches!(&self.cause, Cause::Rhai(error)
            if matches!(innermost(error), EvalAltResult::ErrorParsing(..))
                && matches!(**error, EvalAltResult::ErrorInModule(..)));
        self.stage == Stage::Parse || imported
    }
}

/// The error inside the calls and imports that it came through.
pub fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) => innermost(inner),
        other => other,
    }
}
