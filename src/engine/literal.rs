//! The literal `#{ a: 1 }` makes a Document, because Rhai's object map does not keep the order of
//! fields.

use rhai::{
    Array, Dynamic, Engine, EvalAltResult, EvalContext, Expression, FnPtr, ImmutableString, Map,
    ParseError, ParseErrorType, Position, is_valid_identifier,
};

use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

/// Replaces all object map literals. A literal with a function stays an object map, so that
/// `obj.f(1)` works.
pub(super) fn register(engine: &mut Engine) {
    engine.disable_symbol("#{");
    engine.register_custom_syntax_with_state_raw("#{", parse, false, evaluate);
}

// The parse state is an array: the names so far, and `()` at the end when the literal is closed. It
// must be an array, because Rhai hashes the state to name a closure that contains a literal, and
// panics on other types.

type Parsed = Result<Option<ImmutableString>, ParseError>;

/// Returns the next expected part: name, colon, value, comma and so on. After `#{` they come in
/// fours.
fn parse(parts: &[ImmutableString], next: &str, state: &mut Dynamic) -> Parsed {
    if parts.len() == 1 {
        *state = Dynamic::from_array(Array::new());
    }
    let Some(mut names) = state.write_lock::<Array>() else {
        return Err(error(ParseErrorType::UnexpectedEOF));
    };
    if names.last().is_some_and(Dynamic::is_unit) {
        return Ok(None);
    }
    // A string literal keeps its quotes here, so this is the end of the file.
    if next == "{EOF}" {
        return Err(error(ParseErrorType::UnexpectedEOF));
    }
    let part = match parts.len() % 4 {
        1 => return name_or_end(&mut names, next),
        2 => {
            add_name(&mut names, parts)?;
            ":"
        }
        3 => "$expr$",
        _ => return comma_or_end(&mut names, next),
    };
    Ok(Some(part.into()))
}

fn name_or_end(names: &mut Array, next: &str) -> Parsed {
    if next == "}" {
        return end(names);
    }
    if next.starts_with('"') {
        return Ok(Some("$string$".into()));
    }
    if is_valid_identifier(next) || is_parse_error(next) {
        return Ok(Some("$ident$".into()));
    }
    if !names.is_empty() {
        return Err(error(ParseErrorType::PropertyExpected));
    }
    Err(missing("}", "to end this object map literal"))
}

fn add_name(names: &mut Array, parts: &[ImmutableString]) -> Result<(), ParseError> {
    let Some(name) = parts.last() else {
        return Ok(());
    };
    let is_there = |other: &Dynamic| {
        other
            .read_lock::<ImmutableString>()
            .is_some_and(|other| *other == *name)
    };
    if names.iter().any(is_there) {
        return Err(error(ParseErrorType::DuplicatedProperty(name.to_string())));
    }
    names.push(name.clone().into());
    Ok(())
}

fn comma_or_end(names: &mut Array, next: &str) -> Parsed {
    match next {
        "}" => end(names),
        "," => Ok(Some(",".into())),
        _ if is_parse_error(next) => Ok(Some(",".into())),
        _ if is_valid_identifier(next) || next.starts_with('"') => Err(missing(
            ",",
            "to separate the items of this object map literal",
        )),
        _ => Err(missing("}", "to end this object map literal")),
    }
}

/// Returns whether the look-ahead is not a symbol but Rhai's error for text that it cannot read.
/// Rhai throws this error itself when any next symbol is requested. A string literal comes with its
/// quotes.
fn is_parse_error(next: &str) -> bool {
    next.contains(' ') && !next.starts_with('"')
}

fn end(names: &mut Array) -> Parsed {
    names.push(Dynamic::UNIT);
    Ok(Some("}".into()))
}

fn missing(token: &str, why: &str) -> ParseError {
    error(ParseErrorType::MissingToken(token.into(), why.into()))
}

/// Returns an error without a place. Rhai adds the place.
fn error(kind: ParseErrorType) -> ParseError {
    ParseError(Box::new(kind), Position::NONE)
}

fn evaluate(
    context: &mut EvalContext,
    inputs: &[Expression],
    state: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let mut fields =
        Fields::with_capacity_and_hasher(inputs.len() / 2, ahash::RandomState::default());
    let mut has_function = false;
    let names = state.read_lock::<Array>();
    let names = names.iter().flat_map(|names| names.iter());
    // Each field has two inputs: its name and its value. Braces, colons and commas are not inputs.
    for (name, [_, value]) in names.zip(inputs.as_chunks::<2>().0) {
        let value = context.eval_expression_tree(value)?.flatten();
        has_function |= value.is::<FnPtr>();
        if let Some(name) = name.read_lock::<ImmutableString>() {
            fields.insert(name.clone(), Slot::Value(value));
        }
    }
    if has_function {
        Ok(object_map(fields))
    } else {
        Ok(Dynamic::from(Document::from_fields(fields)))
    }
}

fn object_map(fields: Fields) -> Dynamic {
    let map: Map = fields
        .into_iter()
        .filter_map(|(name, slot)| match slot {
            Slot::Value(value) => Some((name.as_str().into(), value)),
            Slot::Raw { .. } => None,
        })
        .collect();
    Dynamic::from_map(map)
}
