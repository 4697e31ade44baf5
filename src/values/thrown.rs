//! Our errors as Rhai throws them: the one place where the two meet.

use rhai::{Dynamic, EvalAltResult, INT, Map, NativeCallContext, Position};

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

/// What `catch (err)` would bind: the thrown value, or for an error of Rhai's own the map that its book describes,
/// which also reads `"Script"` as its `kind`. Gives back what no script may catch: interrupts, `return`, `exit`.
pub fn caught(error: Box<EvalAltResult>) -> RhaiResult<Dynamic> {
    if error.is_pseudo_error() || !error.is_catchable() {
        return Err(error);
    }
    // The innermost error is what happened; those around it only say through which calls it came.
    match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => Ok(value.flatten_clone()),
        inner => Ok(script_error(inner)),
    }
}

fn script_error(error: &EvalAltResult) -> Dynamic {
    let position = error.position();
    let message = error.to_string();
    let message = message
        .strip_suffix(&format!(" ({position})"))
        .unwrap_or(&message);
    let name = format!("{error:?}");
    let name = name.split('(').next().unwrap_or_default();
    let mut map = Map::new();
    map.insert("kind".into(), "Script".into());
    map.insert("error".into(), name.into());
    map.insert("message".into(), message.into());
    for (name, number) in [("line", position.line()), ("position", position.position())] {
        if let Some(number) = number.and_then(|number| INT::try_from(number).ok()) {
            map.insert(name.into(), number.into());
        }
    }
    map.into()
}
