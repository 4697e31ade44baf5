//! What the body of a script function returns.

use rhai::{Dynamic, EvalAltResult, NativeCallContext};

use crate::api::run::termination::Termination;
use crate::error::Error;
use crate::mongo::CallError;
use crate::values::thrown::at_call;

/// What the body of a script function returns.
pub type FunctionResult = std::result::Result<Dynamic, FunctionError>;

/// Why a function gives no value: an error of this program, or what a script's own function threw.
#[derive(Debug)]
pub enum FunctionError {
    CallError(CallError),
    Rhai(Box<EvalAltResult>),
}

impl From<CallError> for FunctionError {
    fn from(failure: CallError) -> Self {
        Self::CallError(failure)
    }
}

impl From<Error> for FunctionError {
    fn from(error: Error) -> Self {
        Self::CallError(error.into())
    }
}

impl From<Box<EvalAltResult>> for FunctionError {
    fn from(error: Box<EvalAltResult>) -> Self {
        Self::Rhai(error)
    }
}

impl FunctionError {
    /// The error as Rhai throws it from the place of the call.
    pub(super) fn thrown(self, context: &NativeCallContext) -> Box<EvalAltResult> {
        match self {
            Self::CallError(failure) => thrown(context, failure),
            Self::Rhai(error) => error,
        }
    }
}

/// A failure as Rhai throws it. What ends the run cannot be caught.
pub fn thrown(context: &NativeCallContext, failure: CallError) -> Box<EvalAltResult> {
    match failure {
        CallError::Error(error) => at_call(context, error),
        CallError::Stopped(stop) => EvalAltResult::ErrorTerminated(
            Dynamic::from(Termination::Stopped(stop)),
            context.call_position(),
        )
        .into(),
    }
}
