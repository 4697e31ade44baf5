//! Calls of a script's closure, with a message of ours if its number of parameters is wrong.

use rhai::{Dynamic, EvalAltResult, FnPtr, Module, NativeCallContext};

use super::thrown::{RhaiResult, at_call};
use crate::error::Error;

/// Calls a closure with these arguments.
///
/// # Errors
/// The error of the closure; `InvalidArgument` if it takes another number of arguments.
pub fn call(
    context: &NativeCallContext,
    function: &FnPtr,
    args: impl Into<Vec<Dynamic>>,
) -> RhaiResult<Dynamic> {
    let args = args.into();
    let given = args.len();
    function
        .call_raw(context, None, args)
        .map_err(|error| match is_missing(&error, function) {
            true => wrong_count(context, function, given),
            false => error,
        })
}

/// Returns whether an error says that the closure does not take these arguments.
pub fn is_missing(error: &EvalAltResult, function: &FnPtr) -> bool {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = error else {
        return false;
    };
    let rest = signature.strip_prefix(function.fn_name());
    rest.is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Returns the error for a closure that does not take `given` arguments.
pub fn wrong_count(
    context: &NativeCallContext,
    function: &FnPtr,
    given: usize,
) -> Box<EvalAltResult> {
    let caller = context.fn_name();
    let calls = match given {
        0 => "without arguments".to_owned(),
        1 => "with 1 argument".to_owned(),
        _ => format!("with {given} arguments"),
    };
    let takes = match parameters(context, function) {
        None => "it takes another number".to_owned(),
        Some(0) => "it has no parameters".to_owned(),
        Some(1) => "it has 1 parameter".to_owned(),
        Some(count) => format!("it has {count} parameters"),
    };
    let pattern = match given {
        0 => "||",
        1 => "|x|",
        _ => "|a, b|",
    };
    let error = Error::invalid_argument(format!(
        "`{caller}` calls the function {calls}, but {takes}"
    ));
    at_call(context, error.hint(format!("write `{pattern} …`")))
}

/// Returns the number of parameters that the author of the closure wrote. `None` for a function
/// that is not of the script.
pub fn parameters(context: &NativeCallContext, function: &FnPtr) -> Option<usize> {
    const MOST: usize = 20;
    let captured = function.curry().len();
    let modules: Vec<&Module> = context.iter_namespaces().collect();
    let has = |count: &usize| {
        let mut modules = modules.iter();
        modules.any(|module| module.get_script_fn(function.fn_name(), *count).is_some())
    };
    (captured..=captured + MOST)
        .find(has)
        .map(|count| count - captured)
}
