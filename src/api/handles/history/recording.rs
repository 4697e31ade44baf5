//! Runs closures and records their outcomes.

use rhai::{Dynamic, EvalAltResult};

use super::History;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::error::{Error, Result};
use crate::history::{Action, Outcome, ValueId};
use crate::values::thrown::{catchable, innermost};

impl History {
    pub(super) fn number(&self, value: Option<Dynamic>) -> Result<ValueId> {
        self.values.number(&value.unwrap_or(Dynamic::UNIT))
    }

    /// Calls the closure in the next argument. An error that ends the run is not recorded: the
    /// operation stays open.
    pub(super) fn record_write(&self, call: &mut Call, action: Action) -> FunctionResult {
        let function = call.function()?;
        let keep_going = call.options()?.take_as("keep_going", "`true` or `false`")?;
        let ticket = self.recorder.begin(action.clone());
        match call.invoke(&function, []) {
            Ok(value) => {
                self.recorder.end(ticket, action, Outcome::Ok, None);
                Ok(value)
            }
            Err(error) => {
                let error = catchable(error)?;
                let (outcome, kind) = judged(&error);
                self.recorder.end(ticket, action, outcome, Some(kind));
                match (outcome, keep_going) {
                    (Outcome::Unknown, Some(true)) => Ok(Dynamic::UNIT),
                    _ => Err(error.into()),
                }
            }
        }
    }

    /// Calls the closure, and records the action that `returned` makes of its value.
    pub(super) fn record_read(
        &self,
        call: &mut Call,
        action: Action,
        returned: impl FnOnce(&Dynamic) -> Result<Action>,
    ) -> FunctionResult {
        let function = call.function()?;
        let ticket = self.recorder.begin(action.clone());
        let value = match call.invoke(&function, []) {
            Ok(value) => value,
            Err(error) => {
                let error = catchable(error)?;
                let (_, kind) = judged(&error);
                self.recorder
                    .end(ticket, action, Outcome::Failed, Some(kind));
                return Err(error.into());
            }
        };
        match returned(&value.flatten_clone()) {
            Ok(action) => {
                self.recorder.end(ticket, action, Outcome::Ok, None);
                Ok(value)
            }
            Err(error) => {
                let kind = error.kind().name().to_owned();
                self.recorder
                    .end(ticket, action, Outcome::Failed, Some(kind));
                let words = |message: &str| {
                    format!(
                        "`{}` cannot record what its closure returned: {message}",
                        call.name()
                    )
                };
                Err(error.context(words).into())
            }
        }
    }
}

/// Returns the outcome of a write that ended with this error, and the kind of the error. What is
/// not an error of this program says nothing about the write.
fn judged(error: &EvalAltResult) -> (Outcome, String) {
    match innermost(error) {
        EvalAltResult::ErrorRuntime(value, _) => match value.read_lock::<Error>() {
            Some(error) => (Outcome::of_write(&error), error.kind().name().to_owned()),
            None => (Outcome::Unknown, "Thrown".to_owned()),
        },
        _ => (Outcome::Unknown, "Script".to_owned()),
    }
}
