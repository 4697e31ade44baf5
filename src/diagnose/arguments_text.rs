//! Compares the arguments of a failed call with the signatures of the function.

use super::function_text::CalledFunction;
use super::type_text;
use crate::api::call::{Signature, ValueType};
use crate::engine::catalogue::registry;
use crate::engine::names::Names;

/// Returns a message about missing, extra or wrongly typed arguments.
///
/// Returns `None` if this program has no such function for the receiver.
pub(super) fn message(call: &CalledFunction) -> Option<String> {
    let receiver = call
        .types
        .first()
        .map(|of| registry_name(of))
        .unwrap_or_default();
    let methods = registry().method(&receiver, call.name);
    let mut ways: Vec<&Signature> = methods.filter(|one| one.is_ours).collect();
    let mut given = call.types.get(1..).unwrap_or_default();
    if ways.is_empty() || receiver.is_empty() {
        let functions = registry().method("", call.name);
        ways = functions.filter(|one| one.is_ours).collect();
        given = &call.types;
    }
    let count = given.len();
    let fitting: Vec<&Signature> = ways
        .iter()
        .copied()
        .filter(|one| (one.required()..=one.parameters.len()).contains(&count))
        .collect();
    match ways.first() {
        None => None,
        Some(_) if !fitting.is_empty() => wrong_type(call.name, &fitting, given),
        Some(_) => Some(wrong_count(call.name, &ways, count)),
    }
}

/// Returns whether the receiver has a function of that name, or for values of Rhai any type has it.
pub(super) fn is_known(call: &CalledFunction, names: &Names) -> bool {
    let receiver = call.types.first().map(|of| registry_name(of));
    let receiver = receiver.unwrap_or_default();
    let is_ours = registry().methods(&receiver).any(|one| one.is_ours);
    if receiver.is_empty() || !is_ours {
        return names.contains(call.name);
    }
    let mut functions = registry().functions("");
    registry().method(&receiver, call.name).next().is_some()
        || functions.any(|one| one.name == call.name)
        || !names.defined(call.name).is_empty()
}

/// Returns a message about the number of arguments of a function of the script.
pub(super) fn of_script(call: &CalledFunction, names: &Names) -> Option<String> {
    let ways = names.defined(call.name);
    let takes: Vec<String> = ways
        .iter()
        .map(|parameters| match parameters.as_slice() {
            [] => "no arguments".to_owned(),
            names => format!("`{}`", names.join(", ")),
        })
        .collect();
    let way = ways.first()?;
    let (name, count) = (call.name, call.types.len());
    let takes = takes.join(" or ");
    Some(match way.get(count) {
        Some(missing) if ways.len() == 1 => {
            format!("`{name}` takes {takes}; `{missing}` is missing")
        }
        _ => format!("`{name}` takes {takes}; it was given {}", arguments(count)),
    })
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

fn wrong_count(name: &str, ways: &[&Signature], count: usize) -> String {
    let mut takes: Vec<String> = ways
        .iter()
        .map(|one| match one.parameters {
            [] => "no arguments".to_owned(),
            _ => format!("`{}`", one.parameter_names()),
        })
        .collect();
    takes.dedup();
    let takes = takes.join(" or ");
    let shortest = ways
        .iter()
        .filter(|one| one.required() > count)
        .min_by_key(|one| one.required());
    let Some(way) = shortest else {
        return format!("`{name}` takes {takes}; it was given {}", arguments(count));
    };
    let required = way.parameters.iter().filter(|one| !one.is_optional);
    let missing: Vec<String> = required
        .skip(count)
        .map(|one| format!("`{}`", one.name))
        .collect();
    match missing.as_slice() {
        [only] => format!("`{name}` takes {takes}; {only} is missing"),
        missing => format!(
            "`{name}` takes {takes}; {} are missing",
            missing.join(" and ")
        ),
    }
}

/// Names the first argument that no signature accepts, and the types that they accept there.
fn wrong_type(name: &str, ways: &[&Signature], given: &[&str]) -> Option<String> {
    let (mut place, mut wanted): (usize, Vec<(&str, String)>) = (0, Vec::new());
    for way in ways {
        let mut pairs = way.parameters.iter().zip(given);
        let wrong = pairs.position(|(one, given)| !fits(one.value_type, given))?;
        let parameter = way.parameters[wrong];
        if wrong > place {
            (place, wanted) = (wrong, Vec::new());
        }
        if wrong == place {
            wanted.push((parameter.name, expected(parameter.value_type)));
        }
    }
    let (parameter, _) = wanted.first()?;
    let found = type_text::with_article(given[place]);
    let mut types: Vec<&str> = wanted
        .iter()
        .map(|(_, expected)| expected.as_str())
        .collect();
    types.dedup();
    let expected = types.join(" or ");
    Some(format!(
        "`{parameter}` of `{name}` is {found}, expected {expected}"
    ))
}

fn fits(wanted: ValueType, given: &str) -> bool {
    match wanted {
        ValueType::Value(name) => name.eq_ignore_ascii_case(&registry_name(given)),
        // The function checks its options document itself.
        _ => true,
    }
}

fn expected(wanted: ValueType) -> String {
    match wanted {
        ValueType::Value(name) => type_text::with_article(name),
        other => other.expected(),
    }
}

/// Returns the registry's name for a type in Rhai's error text.
fn registry_name(given: &str) -> String {
    let name = type_text::name(given);
    match name.as_str() {
        "array" => "Array".into(),
        "object map" => "Map".into(),
        "boolean" => "bool".into(),
        "character" => "char".into(),
        _ => name,
    }
}
