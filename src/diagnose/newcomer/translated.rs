//! Code of mongosh or PyMongo: the whole line to write instead.

use rhai::EvalAltResult;

use super::spot::Spot;
use crate::diagnose::function_text;
use crate::translate::{chunks, obstacle, translate_line};

/// Translates the statement around the place, or only its line.
pub(super) fn translated(spot: &Spot) -> Option<String> {
    let unknown = match spot.error {
        EvalAltResult::ErrorParsing(..) => None,
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            Some(function_text::parse(signature).name)
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => Some(name.as_str()),
        _ => return None,
    };
    let chunks = chunks(spot.text);
    let chunk = chunks.iter().find(|range| range.end >= spot.offset)?;
    let texts = [&spot.text[chunk.clone()], spot.line.trim()];
    let ours = texts.into_iter().find_map(|text| {
        let (_, ours) = translate_line(text)?;
        // Several lines for the sake of one name are longer than a hint.
        if unknown.is_some() && ours.contains('\n') && !text.contains('\n') {
            return None;
        }
        let is_gone = |name| !words(&ours).any(|word| word == name);
        unknown.is_none_or(is_gone).then_some(ours)
    })?;
    Some(match ours.contains('\n') {
        true => format!("in a script, write\n{ours}"),
        false => format!("in a script, write `{ours}`"),
    })
}

/// Says why a block of mongosh or PyMongo is not translated.
pub(super) fn not_translated(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let (language, problem) = obstacle(spot.text.trim_end())?;
    let (line, column) = problem.position(spot.text);
    let is_block = spot.text.trim().contains('\n');
    is_block.then(|| {
        format!(
            "this looks like {}; it is not translated because of line {line}, column {column}: {}",
            language.name(),
            problem.message
        )
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}
