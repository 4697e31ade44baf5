//! Converts errors of this program into errors that Rhai throws, and back.

use rhai::{Dynamic, EvalAltResult, INT, Map, NativeCallContext, Position};

use super::document::Document;
use crate::error::{Error, Place};

/// The result of functions for scripts.
pub type RhaiResult<T> = std::result::Result<T, Box<EvalAltResult>>;

impl From<Error> for Box<EvalAltResult> {
    /// Returns an error that a script can catch. [`at_call`] sets its place, or Rhai does when it
    /// is shown.
    fn from(error: Error) -> Self {
        EvalAltResult::ErrorRuntime(Dynamic::from(error), Position::NONE).into()
    }
}

/// Throws `error` from the place of the call, so that `err.line` is set.
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

/// Returns what `catch (err)` receives, and the error itself, which a bare `throw;` passes on.
///
/// The value is the thrown value, or for an error of Rhai the map that its book describes, with
/// `"Script"` as its `kind`.
///
/// # Errors
/// The same error, if no script may catch it: an interrupt, `return`, `exit`.
pub fn caught(error: Box<EvalAltResult>) -> RhaiResult<(Dynamic, Box<EvalAltResult>)> {
    if error.is_pseudo_error() || !error.is_catchable() {
        return Err(error);
    }
    // The innermost error is the cause. The outer ones only list the calls on the way.
    let value = match innermost(&error) {
        EvalAltResult::ErrorRuntime(value, _) => thrown_value(value),
        inner => script_error(inner),
    };
    Ok((value, error))
}

/// Returns the error inside the calls and imports that it came through.
pub fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) => innermost(inner),
        other => other,
    }
}

/// A thrown document has a `kind` too, even if it has no such field.
fn thrown_value(value: &Dynamic) -> Dynamic {
    let value = value.flatten_clone();
    match value.try_cast_result::<Document>() {
        Ok(document) => Dynamic::from(document.into_thrown()),
        Err(value) => value,
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
    let fact = match error {
        EvalAltResult::ErrorFunctionNotFound(function, _) => Some(("function", function)),
        EvalAltResult::ErrorVariableNotFound(variable, _)
        | EvalAltResult::ErrorPropertyNotFound(variable, _)
        | EvalAltResult::ErrorAssignmentToConstant(variable, _) => Some(("variable", variable)),
        EvalAltResult::ErrorModuleNotFound(module, _) => Some(("module", module)),
        _ => None,
    };
    if let Some((name, value)) = fact {
        map.insert(name.into(), value.into());
    }
    map.into()
}
