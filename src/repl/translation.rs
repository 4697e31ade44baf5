//! Lines of mongosh and PyMongo at the prompt: the translated line appears in the editor.

use std::ops::Range;

use rhai::EvalAltResult;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::diagnose::function_text;
use crate::script::lexer::{Piece, lex};
use crate::script::{Cause, Failure, Stage};
use crate::translate::{Language, chunks, translate_line};
use crate::values::thrown::innermost;

/// A line that the user typed or pasted, in our language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Translation {
    pub language: Language,
    pub text: String,
    /// The starts of the words and signs that differ from what was typed.
    pub changed: Vec<usize>,
}

impl Translation {
    /// Translates a line that failed because it is of mongosh or PyMongo.
    /// `is_variable` says which variables exist.
    pub(super) fn of(
        typed: &str,
        failure: &Failure,
        is_variable: &dyn Fn(&str) -> bool,
    ) -> Option<Self> {
        let unknown = unknown_name(failure)?;
        let (language, mut text) = translate_line(typed)?;
        // In JavaScript, an assignment to a new name makes a variable.
        if let Some((name, _)) = text.split_once(" = ")
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !is_variable(name)
        {
            text.insert_str(0, "let ");
        }
        if let Some(name) = unknown {
            // An earlier statement has run already.
            let is_single = chunks(typed).len() == 1;
            if !is_single || pieces(&text).any(|(_, word)| word == name) {
                return None;
            }
        }
        let changed = changed(typed, &text);
        Some(Self {
            language,
            text,
            changed,
        })
    }
}

/// Returns the name that does not exist, or `Some(None)` for a line that does not parse.
fn unknown_name(failure: &Failure) -> Option<Option<&str>> {
    let Cause::Rhai(error) = &failure.cause else {
        return None;
    };
    match innermost(error) {
        EvalAltResult::ErrorParsing(..) if failure.stage == Stage::Parse => Some(None),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            Some(Some(function_text::parse(signature).name))
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => Some(Some(name)),
        _ => None,
    }
}

/// Returns the words and signs of a line.
fn pieces(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    lex(text)
        .into_iter()
        .filter(|(piece, _)| *piece != Piece::Space)
        .map(|(_, range)| (range.clone(), &text[range]))
}

fn changed(typed: &str, text: &str) -> Vec<usize> {
    let words = |text| pieces(text).map(|(_, word)| word).collect::<Vec<&str>>();
    let starts: Vec<usize> = pieces(text).map(|(range, _)| range.start).collect();
    capture_diff_slices(Algorithm::Myers, &words(typed), &words(text))
        .into_iter()
        .filter(|operation| operation.tag() != DiffTag::Equal)
        .flat_map(|operation| starts[operation.new_range()].to_vec())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn the_words_that_differ_are_marked() {
        let (typed, text) = ("db.x.findOne({ a: 1 })", "db.x.find_one(#{ a: 1 })");
        let marked: Vec<&str> = changed(typed, text)
            .iter()
            .map(|at| &text[*at..*at + 2])
            .collect();
        assert_eq!(marked, ["fi", "#{"]);
    }
}
