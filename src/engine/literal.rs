//! The literal `#{ a: 1 }` makes a Document, because Rhai's object map does not keep the order of
//! fields.

use rhai::{
    Array, Dynamic, Engine, EvalAltResult, EvalContext, Expression, FnPtr, INT, ImmutableString,
    Map, ParseError, ParseErrorType, Position, is_valid_identifier,
};

use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

/// Replaces all object map literals. A literal with a function stays an object map, so that
/// `obj.f(1)` works.
pub(super) fn register(engine: &mut Engine) {
    engine.disable_symbol("#{");
    engine.register_custom_syntax_with_state_raw("#{", parse, false, evaluate);
}

// The parse state must be an array, because Rhai hashes the state to name a closure that contains a
// literal, and panics on other types. It holds the stage, and then for each field its name and the
// number of inputs that the name takes.

type Parsed = Result<Option<ImmutableString>, ParseError>;

/// What was last requested from the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// The `$` of a name.
    Dollar,
    /// A word of a name.
    Word,
    /// A dot inside a name.
    Dot,
    Quoted,
    Colon,
    Value,
    Comma,
    Close,
}

const STAGES: [Stage; 9] = [
    Stage::Open,
    Stage::Dollar,
    Stage::Word,
    Stage::Dot,
    Stage::Quoted,
    Stage::Colon,
    Stage::Value,
    Stage::Comma,
    Stage::Close,
];

/// Returns the next expected part of the literal.
fn parse(parts: &[ImmutableString], next: &str, state: &mut Dynamic) -> Parsed {
    if parts.len() == 1 {
        *state = Dynamic::from_array(vec![Dynamic::from_int(0)]);
    }
    let Some(mut state) = state.write_lock::<Array>() else {
        return Err(error(ParseErrorType::UnexpectedEOF));
    };
    let number = state.first().and_then(|stage| stage.as_int().ok());
    let stage = number.and_then(|number| STAGES.get(usize::try_from(number).ok()?));
    let stage = stage.copied().unwrap_or(Stage::Close);
    if stage == Stage::Close {
        return Ok(None);
    }
    if let (Stage::Dollar | Stage::Word | Stage::Quoted, Some(part)) = (stage, parts.last()) {
        extend_name(&mut state, part, 1);
    }
    // A string literal keeps its quotes here, so this is the end of the file.
    if next == "{EOF}" {
        return Err(error(ParseErrorType::UnexpectedEOF));
    }
    let (requested, part) = match stage {
        Stage::Open | Stage::Comma => name_or_end(&mut state, next)?,
        Stage::Dollar | Stage::Dot if is_word(next) => (Stage::Word, "$token$"),
        Stage::Dollar | Stage::Dot => return Err(error(ParseErrorType::PropertyExpected)),
        Stage::Word if next == "." => {
            extend_name(&mut state, ".", 0);
            (Stage::Dot, ".")
        }
        Stage::Word | Stage::Quoted => {
            check_name(&state)?;
            (Stage::Colon, ":")
        }
        Stage::Colon => (Stage::Value, "$expr$"),
        Stage::Value => comma_or_end(next)?,
        Stage::Close => return Ok(None),
    };
    if let Some(first) = state.first_mut() {
        *first = Dynamic::from_int(requested as INT);
    }
    Ok(Some(part.into()))
}

/// Every word can be a name, words of the language too. So can `$name` and `a.b`.
fn name_or_end(state: &mut Array, next: &str) -> Result<(Stage, &'static str), ParseError> {
    if next == "}" {
        return Ok((Stage::Close, "}"));
    }
    let requested = match next {
        _ if next.starts_with('"') => (Stage::Quoted, "$string$"),
        "$" => (Stage::Dollar, "$token$"),
        _ if is_word(next) || is_parse_error(next) => (Stage::Word, "$token$"),
        _ if state.len() > 1 => return Err(error(ParseErrorType::PropertyExpected)),
        _ => return Err(missing("}", "to end this object map literal")),
    };
    state.push(ImmutableString::new().into());
    state.push(Dynamic::from_int(0));
    Ok(requested)
}

fn is_word(next: &str) -> bool {
    is_valid_identifier(next)
}

/// Adds text to the name that is being read, and counts its inputs.
fn extend_name(state: &mut Array, text: &str, inputs: INT) {
    if let [.., name, count] = state.as_mut_slice() {
        let begun = name.to_string();
        *name = format!("{begun}{text}").into();
        *count = Dynamic::from_int(count.as_int().unwrap_or(0) + inputs);
    }
}

fn check_name(state: &Array) -> Result<(), ParseError> {
    let mut names = state.get(1..).unwrap_or_default().chunks_exact(2).rev();
    let Some([name, _]) = names.next() else {
        return Ok(());
    };
    let name = name.to_string();
    if names.any(|other| other.first().is_some_and(|other| other.to_string() == name)) {
        return Err(error(ParseErrorType::DuplicatedProperty(name)));
    }
    Ok(())
}

fn comma_or_end(next: &str) -> Result<(Stage, &'static str), ParseError> {
    match next {
        "}" => Ok((Stage::Close, "}")),
        "," => Ok((Stage::Comma, ",")),
        _ if is_parse_error(next) => Ok((Stage::Comma, ",")),
        _ if is_word(next) || next.starts_with('"') => Err(missing(
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
    let mut fields = Fields::with_capacity(inputs.len() / 2);
    let mut has_function = false;
    let state = state.read_lock::<Array>();
    let names = state.as_deref().and_then(|state| state.get(1..));
    let mut inputs = inputs.iter();
    for [name, count] in names.unwrap_or_default().as_chunks::<2>().0 {
        // The words of a name are inputs too. Braces, colons, commas and dots are not.
        let count = usize::try_from(count.as_int().unwrap_or(0)).unwrap_or(0);
        let Some(value) = inputs.nth(count) else {
            break;
        };
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
