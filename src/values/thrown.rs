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

/// Returns the kind of an error as `err.kind` has it.
pub fn kind_of(error: &EvalAltResult) -> &'static str {
    match innermost(error) {
        EvalAltResult::ErrorRuntime(value, _) => {
            let error = value.read_lock::<Error>();
            error.map_or("Thrown", |error| error.kind().name())
        }
        EvalAltResult::ErrorTerminated(..) => "Stopped",
        _ => "Script",
    }
}

/// Returns what `catch (err)` receives, and the error itself, which a bare `throw;` passes on.
///
/// The value is the thrown value, or for an error of Rhai the map that its book describes, with
/// `"Script"` as its `kind` and our message and hint.
///
/// # Errors
/// The same error, if no script may catch it: an interrupt, `return`, `exit`.
pub fn caught(
    error: Box<EvalAltResult>,
    explain: impl FnOnce(&EvalAltResult) -> Explanation,
) -> RhaiResult<(Dynamic, Box<EvalAltResult>)> {
    let error = catchable(error)?;
    // The innermost error is the cause. The outer ones only list the calls on the way.
    let value = match innermost(&error) {
        EvalAltResult::ErrorRuntime(value, _) => thrown_value(value),
        inner => script_error(inner, explain(&error)),
    };
    Ok((value, error))
}

/// The message and the hint for an error of Rhai.
pub struct Explanation {
    pub message: String,
    pub hint: Option<String>,
}

/// Returns the error if a script may catch it.
///
/// # Errors
/// The same error: an interrupt, `return`, `exit`.
pub fn catchable(error: Box<EvalAltResult>) -> RhaiResult<Box<EvalAltResult>> {
    if error.is_pseudo_error() || !error.is_catchable() {
        return Err(error);
    }
    Ok(error)
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

fn script_error(error: &EvalAltResult, explanation: Explanation) -> Dynamic {
    let position = error.position();
    let name = format!("{error:?}");
    let name = name.split('(').next().unwrap_or_default();
    let mut map = Map::new();
    map.insert("kind".into(), "Script".into());
    map.insert("error".into(), name.into());
    map.insert("message".into(), explanation.message.into());
    let hint = explanation.hint.map_or(Dynamic::UNIT, Dynamic::from);
    map.insert("hint".into(), hint);
    for (name, number) in [("line", position.line()), ("position", position.position())] {
        if let Some(number) = number.and_then(|number| INT::try_from(number).ok()) {
            map.insert(name.into(), number.into());
        }
    }
    let fact = match error {
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            Some(("function", called_name(signature)))
        }
        EvalAltResult::ErrorVariableNotFound(variable, _)
        | EvalAltResult::ErrorPropertyNotFound(variable, _)
        | EvalAltResult::ErrorAssignmentToConstant(variable, _) => {
            Some(("variable", variable.as_str()))
        }
        EvalAltResult::ErrorModuleNotFound(module, _) => Some(("module", module.as_str())),
        _ => None,
    };
    if let Some((name, value)) = fact {
        map.insert(name.into(), value.into());
    }
    map.into()
}

/// Returns the name in Rhai's signature of a call, `grant (Database, &str)`.
fn called_name(signature: &str) -> &str {
    signature.split(" (").next().unwrap_or(signature)
}

/// Returns the text of an error of Rhai that a script caught: `Script: there is no variable `x``.
pub fn script_error_text(map: &Map) -> Option<String> {
    let text = |name: &str| map.get(name)?.clone().into_string().ok();
    let is_ours = text("kind")? == "Script" && text("error")?.starts_with("Error");
    is_ours.then(|| text("message").map(|message| format!("Script: {message}")))?
}
