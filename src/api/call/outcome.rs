//! What the body of a script function returns.

use rhai::{Dynamic, EvalAltResult, NativeCallContext};

use crate::api::run::termination::Termination;
use crate::error::Error;
use crate::mongo::Failure;
use crate::values::thrown::at_call;

/// What the body of a script function returns.
pub type Outcome = std::result::Result<Dynamic, CallError>;

/// Why a function gives no value: an error of this program, or what a script's own function threw.
#[derive(Debug)]
pub enum CallError {
    Failure(Failure),
    Rhai(Box<EvalAltResult>),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Box<EvalAltResult>> for CallError {
    fn from(error: Box<EvalAltResult>) -> Self {
        Self::Rhai(error)
    }
}

impl CallError {
    /// The error as Rhai throws it from the place of the call.
    pub(super) fn thrown(self, context: &NativeCallContext) -> Box<EvalAltResult> {
        match self {
            Self::Failure(failure) => thrown(context, failure),
            Self::Rhai(error) => error,
        }
    }
}

/// A failure as Rhai throws it. What ends the run cannot be caught.
pub fn thrown(context: &NativeCallContext, failure: Failure) -> Box<EvalAltResult> {
    match failure {
        Failure::Error(error) => at_call(context, error),
        Failure::Stopped(stop) => EvalAltResult::ErrorTerminated(
            Dynamic::from(Termination::Stopped(stop)),
            context.call_position(),
        )
        .into(),
    }
}
