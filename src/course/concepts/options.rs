use std::collections::{HashMap, HashSet};

use super::tokens::Token;
use crate::api::call::ValueType;
use crate::engine::catalogue::registry;
use crate::script::lexer::Piece;

/// The options of the write concern, which is an option itself.
const WRITE_CONCERN: [&str; 3] = ["w", "wtimeout", "j"];

/// An open bracket.
#[derive(Default)]
struct Frame<'a> {
    /// The function that is called, if this is the bracket of a call.
    function: Option<&'a str>,
    argument: usize,
    /// The options that may be here, if this is a Document of options.
    options: HashSet<&'static str>,
    /// The key before the value that comes next.
    key: &'a str,
}

/// Returns the indexes of the tokens that name an option of a call.
///
/// A Document of options is an argument of the call, or a variable that is an argument.
pub(super) fn options(tokens: &[Token]) -> Vec<usize> {
    let of_variables = variables(tokens);
    let mut found = Vec::new();
    let mut frames: Vec<Frame> = vec![Frame::default()];
    for (index, token) in tokens.iter().enumerate() {
        match token.piece {
            Piece::Open => frames.push(frame(tokens, index, frames.last(), &of_variables)),
            Piece::Close => drop(frames.pop()),
            Piece::Comma => {
                if let Some(frame) = frames.last_mut() {
                    frame.argument += 1;
                }
            }
            Piece::Word | Piece::Text { .. } => {
                let is_key = tokens.get(index + 1).is_some_and(|next| next.text == ":");
                if let Some(frame) = frames.last_mut().filter(|_| is_key) {
                    frame.key = token.text.trim_matches('"');
                    if frame.options.contains(frame.key) {
                        found.push(index);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn frame<'a>(
    tokens: &[Token<'a>],
    index: usize,
    outer: Option<&Frame<'a>>,
    of_variables: &HashMap<&str, HashSet<&'static str>>,
) -> Frame<'a> {
    let before = |count: usize| index.checked_sub(count).and_then(|at| tokens.get(at));
    let mut frame = Frame::default();
    if tokens[index].text == "(" {
        frame.function = before(1)
            .filter(|token| token.piece == Piece::Word)
            .map(|token| token.text);
    } else if tokens[index].text == "#{" {
        let is_variable = before(1).is_some_and(|token| token.text == "=");
        frame.options = match (is_variable, before(2), outer) {
            (true, Some(name), _) => of_variables.get(name.text).cloned().unwrap_or_default(),
            (_, _, Some(outer)) => match outer.function {
                Some(function) => options_of(function, outer.argument),
                None if outer.options.contains(outer.key) => nested(outer.key),
                None => HashSet::new(),
            },
            _ => HashSet::new(),
        };
    }
    frame
}

/// Returns the options that each variable may have, because it is an argument of a call.
fn variables<'a>(tokens: &[Token<'a>]) -> HashMap<&'a str, HashSet<&'static str>> {
    let mut found: HashMap<&str, HashSet<&'static str>> = HashMap::new();
    let mut calls: Vec<(Option<&str>, usize)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let previous = index.checked_sub(1).map(|at| &tokens[at]);
        match token.piece {
            Piece::Open => {
                let name = previous.filter(|one| one.piece == Piece::Word && token.text == "(");
                calls.push((name.map(|one| one.text), 0));
            }
            Piece::Close => drop(calls.pop()),
            Piece::Comma => {
                if let Some((_, argument)) = calls.last_mut() {
                    *argument += 1;
                }
            }
            Piece::Word => {
                let ends =
                    |one: Option<&Token>| one.is_some_and(|one| matches!(one.text, "," | ")"));
                let begins = previous.is_some_and(|one| matches!(one.text, "," | "("));
                if let Some((Some(function), argument)) = calls.last()
                    && begins
                    && ends(tokens.get(index + 1))
                {
                    let options = options_of(function, *argument);
                    found.entry(token.text).or_default().extend(options);
                }
            }
            _ => {}
        }
    }
    found
}

fn options_of(function: &str, argument: usize) -> HashSet<&'static str> {
    let signatures = registry().named(function);
    signatures
        .flat_map(|one| one.options_at(argument))
        .map(|option| option.name)
        .collect()
}

/// Returns the options in the value of an option.
fn nested(option: &str) -> HashSet<&'static str> {
    let is_write_concern = registry().signatures().iter().any(|one| {
        one.options()
            .any(|one| one.name == option && matches!(one.value_type, ValueType::WriteConcern))
    });
    match is_write_concern {
        true => WRITE_CONCERN.into(),
        false => HashSet::new(),
    }
}
