//! Messages for Rhai's own runtime errors.

use rhai::EvalAltResult;

use super::type_text::with_article;
use super::{arguments_text, function_text};
use crate::engine::names::Names;

/// Returns a one-line message.
pub(super) fn message(error: &EvalAltResult, names: &Names) -> String {
    use EvalAltResult as E;
    match error {
        E::ErrorParsing(error, _) => super::parse_text::message(error),
        E::ErrorVariableExists(name, _) => format!("the variable `{name}` exists already"),
        E::ErrorForbiddenVariable(name, _) => format!("a variable cannot be called `{name}`"),
        E::ErrorVariableNotFound(name, _) => format!("there is no variable `{name}`"),
        E::ErrorPropertyNotFound(name, _) => format!("there is no field `{name}`"),
        E::ErrorIndexNotFound(value, _) => format!("there is no element `{value}`"),
        E::ErrorFunctionNotFound(signature, _) => {
            let call = function_text::parse(signature);
            if call.is_closure() {
                return "the function takes another number of arguments".to_owned();
            }
            arguments_text::of_script(&call, names)
                .or_else(|| arguments_text::message(&call))
                .unwrap_or_else(|| call.message(arguments_text::is_known(&call, names)))
        }
        E::ErrorModuleNotFound(name, _) => format!("there is no module `{name}`"),
        E::ErrorUnboundThis(_) => "`this` has no value here".into(),
        E::ErrorMismatchDataType(wanted, found, _) => mismatch(wanted, found),
        E::ErrorMismatchOutputType(wanted, found, _) => mismatch(wanted, found),
        E::ErrorIndexingType(name, _) => indexing(name),
        E::ErrorArrayBounds(count, index, _) => bounds("array", "element", *count, *index),
        E::ErrorStringBounds(count, index, _) => bounds("string", "character", *count, *index),
        E::ErrorBitFieldBounds(count, index, _) => bounds("number", "bit", *count, *index),
        E::ErrorFor(_) => "`for` cannot iterate over this value".into(),
        E::ErrorAssignmentToConstant(name, _) => {
            format!("`{name}` is a constant and cannot be changed")
        }
        E::ErrorNonPureMethodCallOnConstant(name, _) => constant(name),
        E::ErrorArithmetic(text, _) => lowered(text),
        other => rare(other),
    }
}

fn rare(error: &EvalAltResult) -> String {
    use EvalAltResult as E;
    match error {
        E::ErrorDataRace(place, _) => in_use(place),
        E::ErrorDotExpr(text, _) if text.is_empty() => "this has no fields".into(),
        E::ErrorDotExpr(text, _) => unknown_field(text).unwrap_or_else(|| lowered(text)),
        E::ErrorTooManyOperations(_) => "the script runs too many operations".into(),
        E::ErrorTooManyVariables(_) => "the script has too many variables".into(),
        E::ErrorTooManyModules(_) => "the script imports too many modules".into(),
        E::ErrorStackOverflow(_) => format!(
            "functions call each other more than {} levels deep",
            crate::engine::limits::CALL_LEVELS
        ),
        E::ErrorDataTooLarge(what, _) => format!("{} is too large", lowered(what)),
        E::ErrorSystem(text, cause) if text.is_empty() => lowered(&cause.to_string()),
        E::ErrorSystem(text, cause) => format!("{}: {cause}", lowered(text)),
        E::LoopBreak(..) => "`break` and `continue` belong inside a loop".into(),
        E::ErrorCustomSyntax(text, ..) => lowered(text),
        _ => "the script failed".into(),
    }
}

/// Parses Rhai's `argument #2 of function 'add'`: a closure uses the variable before `.add`, which
/// Rhai locks for the call. Rhai tells neither the variable nor the line.
fn in_use(place: &str) -> String {
    let Some(function) = place.split('\'').nth(1) else {
        return format!("`{place}` is changed while it is in use");
    };
    format!(
        "a closure for `{function}` uses the variable before `.{function}`: put the part before `.{function}` into its own variable first"
    )
}

fn mismatch(wanted: &str, found: &str) -> String {
    match (wanted, found) {
        ("", found) => format!("{} does not fit here", with_article(found)),
        (wanted, "") => format!("expected {}", with_article(wanted)),
        _ => format!(
            "expected {}, not {}",
            with_article(wanted),
            with_article(found)
        ),
    }
}

/// Parses Rhai's `TYPE [INDEX]`, or a type alone.
fn indexing(text: &str) -> String {
    match text.split_once('[') {
        Some((of, index)) => format!(
            "{} cannot be indexed by {}",
            with_article(of.trim()),
            with_article(index.trim_end_matches(']'))
        ),
        None => format!("{} has no elements", with_article(text)),
    }
}

fn bounds(whole: &str, part: &str, count: usize, index: i64) -> String {
    match count {
        0 => format!("there is no {part} {index}: the {whole} is empty"),
        1 => format!("there is no {part} {index}: the {whole} has only 1"),
        _ => format!("there is no {part} {index}: the {whole} has {count}, numbered from 0"),
    }
}

/// Parses Rhai's `unknown property 'x' - a getter is not registered for type 'i64'`.
fn unknown_field(text: &str) -> Option<String> {
    let mut quoted = text.split('\'');
    let (what, field, why, of) = (
        quoted.next()?,
        quoted.next()?,
        quoted.next()?,
        quoted.next()?,
    );
    let what = what.to_lowercase();
    if !["unknown property", "no writable property"].contains(&what.trim()) {
        return None;
    }
    let of = with_article(of);
    if why.contains("setter") {
        return Some(format!("the field `{field}` of {of} cannot be set"));
    }
    Some(format!("{of} has no field `{field}`"))
}

fn constant(function: &str) -> String {
    match function.strip_prefix("set$") {
        Some(field) => format!("the field `{field}` of a constant cannot be changed"),
        None if function.starts_with("index$") => {
            "an element of a constant cannot be changed".into()
        }
        None => format!("`{function}` would change a constant"),
    }
}

fn lowered(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map_or_else(
        || "this cannot be calculated".into(),
        |first| first.to_lowercase().chain(letters).collect(),
    )
}
