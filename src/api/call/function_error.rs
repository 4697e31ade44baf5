//! The result of a script function's body.

use rhai::{Dynamic, EvalAltResult, NativeCallContext};

use crate::api::run::termination::Termination;
use crate::error::Error;
use crate::mongo::CallError;
use crate::values::thrown::{at_call, kind_of};

/// The result of a script function's body.
pub type FunctionResult = std::result::Result<Dynamic, FunctionError>;

/// Why a function returns no value: an error of this program, or an error that a script function
/// threw.
#[derive(Debug)]
pub enum FunctionError {
    Call(CallError),
    Rhai(Box<EvalAltResult>),
}

impl From<CallError> for FunctionError {
    fn from(failure: CallError) -> Self {
        Self::Call(failure)
    }
}

impl From<Error> for FunctionError {
    fn from(error: Error) -> Self {
        Self::Call(error.into())
    }
}

impl From<Box<EvalAltResult>> for FunctionError {
    fn from(error: Box<EvalAltResult>) -> Self {
        Self::Rhai(error)
    }
}

impl FunctionError {
    /// Returns the kind of the error as `err.kind` has it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Call(failure) => failure.kind(),
            Self::Rhai(error) => kind_of(error),
        }
    }

    /// Returns the error as Rhai throws it from the place of the call.
    pub(super) fn thrown(self, context: &NativeCallContext) -> Box<EvalAltResult> {
        match self {
            Self::Call(failure) => thrown(context, failure),
            Self::Rhai(error) => error,
        }
    }
}

/// Returns a failure as Rhai throws it. A script cannot catch a failure that ends the run.
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
