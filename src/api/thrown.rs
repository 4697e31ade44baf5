//! Our errors as Rhai throws them: the one place where the two meet.

use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

use crate::error::{Error, Place};

/// What functions for scripts return.
pub type RhaiResult<T> = std::result::Result<T, Box<EvalAltResult>>;

impl From<Error> for Box<EvalAltResult> {
    /// An error value a script can catch. Its place is filled in by [`at_call`], or by Rhai when it is shown.
    fn from(error: Error) -> Self {
        EvalAltResult::ErrorRuntime(Dynamic::from(error), Position::NONE).into()
    }
}

/// Throws `error` from the place of the call, so that `err.line` knows it.
pub fn at_call(context: &NativeCallContext, error: Error) -> Box<EvalAltResult> {
    error.at(place_of(context)).into()
}

fn place_of(context: &NativeCallContext) -> Place {
    let position = context.call_position();
    Place {
        source: context.call_source().map(ToOwned::to_owned),
        line: position.line().unwrap_or(0),
        column: position.position().unwrap_or(0),
    }
}
