//! The literal `#{ a: 1 }`, which makes a Document: Rhai's own object map forgets the order of its fields.

use rhai::{
    Dynamic, Engine, EvalAltResult, EvalContext, Expression, FnPtr, ImmutableString, Map,
    ParseError, ParseErrorType, Position, is_valid_identifier,
};

use crate::api::document::Document;
use crate::api::value::{Fields, Slot};

/// Takes over every object map literal. One that holds a function stays Rhai's own map, so that `obj.f(1)` works.
pub fn register(engine: &mut Engine) {
    engine.disable_symbol("#{");
    engine.register_custom_syntax_with_state_raw("#{", parse, false, evaluate);
}

/// What is known about a literal while it is parsed, and all that its evaluation needs.
#[derive(Clone, Default)]
struct Literal {
    /// The names in order, with nothing yet for values: copying this is faster than building it.
    template: Fields,
    closed: bool,
}

type Parsed = Result<Option<ImmutableString>, ParseError>;

/// Says what has to come next: name, colon, value, comma, … . The parts so far come in fours after the `#{`.
fn parse(parts: &[ImmutableString], next: &str, state: &mut Dynamic) -> Parsed {
    if parts.len() == 1 {
        *state = Dynamic::from(Literal::default());
    }
    let Some(mut literal) = state.write_lock::<Literal>() else {
        return Err(error(ParseErrorType::UnexpectedEOF));
    };
    if literal.closed {
        return Ok(None);
    }
    // A quoted text that is `"{EOF}"` comes with its quotes.
    if next == "{EOF}" {
        return Err(error(ParseErrorType::UnexpectedEOF));
    }
    let part = match parts.len() % 4 {
        1 => return name_or_end(&mut literal, next),
        2 => {
            add_name(&mut literal, parts)?;
            ":"
        }
        3 => "$expr$",
        _ => return comma_or_end(&mut literal, next),
    };
    Ok(Some(part.into()))
}

fn name_or_end(literal: &mut Literal, next: &str) -> Parsed {
    if next == "}" {
        return end(literal);
    }
    if next.starts_with('"') {
        return Ok(Some("$string$".into()));
    }
    if is_valid_identifier(next) {
        return Ok(Some("$ident$".into()));
    }
    if next.starts_with('`') || !literal.template.is_empty() {
        return Err(error(ParseErrorType::PropertyExpected));
    }
    Err(missing("}", "to end this object map literal"))
}

fn add_name(literal: &mut Literal, parts: &[ImmutableString]) -> Result<(), ParseError> {
    let Some(name) = parts.last() else {
        return Ok(());
    };
    let nothing = Slot::Value(Dynamic::UNIT);
    if literal.template.insert(name.clone(), nothing).is_some() {
        return Err(error(ParseErrorType::DuplicatedProperty(name.to_string())));
    }
    Ok(())
}

fn comma_or_end(literal: &mut Literal, next: &str) -> Parsed {
    match next {
        "}" => end(literal),
        "," => Ok(Some(",".into())),
        _ if is_valid_identifier(next) || next.starts_with('"') => Err(missing(
            ",",
            "to separate the items of this object map literal",
        )),
        _ => Err(missing("}", "to end this object map literal")),
    }
}

fn end(literal: &mut Literal) -> Parsed {
    literal.closed = true;
    Ok(Some("}".into()))
}

fn missing(token: &str, why: &str) -> ParseError {
    error(ParseErrorType::MissingToken(token.into(), why.into()))
}

/// Rhai fills in the place.
fn error(kind: ParseErrorType) -> ParseError {
    ParseError(Box::new(kind), Position::NONE)
}

fn evaluate(
    context: &mut EvalContext,
    inputs: &[Expression],
    state: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let Some(literal) = state.read_lock::<Literal>() else {
        return Ok(Dynamic::from(Document::default()));
    };
    let mut fields = literal.template.clone();
    let mut has_function = false;
    // Each field came as two inputs, its name and its value; braces, colons and commas are none.
    for (slot, [_, value]) in fields.values_mut().zip(inputs.as_chunks::<2>().0) {
        let value = context.eval_expression_tree(value)?.flatten();
        has_function |= value.is::<FnPtr>();
        *slot = Slot::Value(value);
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
