//! The literal `#{ a: 1 }`, which makes a Document: Rhai's own object map forgets the order of its fields.

use std::sync::{Arc, PoisonError, RwLock};

use indexmap::IndexMap;
use rhai::{
    Dynamic, Engine, EvalAltResult, EvalContext, Expression, FnPtr, INT, ImmutableString, Map,
    ParseError, ParseErrorType, Position, is_valid_identifier,
};

use crate::api::document::Document;
use crate::api::value::{Fields, Slot};

/// Takes over every object map literal. One that holds a function stays Rhai's own map, so that `obj.f(1)` works.
pub fn register(engine: &mut Engine) {
    let templates = Templates::default();
    let of_engine = templates.clone();
    engine.disable_symbol("#{");
    engine.register_custom_syntax_with_state_raw(
        "#{",
        move |parts, next, state| parse(&templates, parts, next, state),
        false,
        move |context, inputs, state| evaluate(&of_engine, context, inputs, state),
    );
}

/// What is known about a literal while it is parsed.
///
/// When it is closed, the number of its template takes this one's place: Rhai hashes the body of every closure, and a type
/// of our own in a literal's state would end the program there.
#[derive(Clone, Default)]
struct Literal {
    template: Fields,
}

/// The literals of an engine by the names in them, in order and with nothing for values: copying one is faster than
/// building it. Literals with the same names share one, so that an `eval` in a loop does not fill the memory.
#[derive(Clone, Default)]
struct Templates {
    all: Arc<RwLock<IndexMap<Vec<ImmutableString>, Fields>>>,
}

impl Templates {
    fn add(&self, template: Fields) -> Dynamic {
        let names = template.keys().cloned().collect();
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        let entry = all.entry(names);
        let number = INT::try_from(entry.index()).unwrap_or(INT::MAX);
        entry.or_insert(template);
        Dynamic::from_int(number)
    }

    fn get(&self, state: &Dynamic) -> Option<Fields> {
        let number = usize::try_from(state.as_int().ok()?).ok()?;
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get_index(number).map(|(_, template)| template.clone())
    }
}

type Parsed = Result<Option<ImmutableString>, ParseError>;
type Part = Result<ImmutableString, ParseError>;

/// Says what has to come next: name, colon, value, comma, … . The parts so far come in fours after the `#{`.
fn parse(
    templates: &Templates,
    parts: &[ImmutableString],
    next: &str,
    state: &mut Dynamic,
) -> Parsed {
    if parts.len() == 1 {
        *state = Dynamic::from(Literal::default());
    }
    let Some(mut literal) = state.write_lock::<Literal>() else {
        // It has its template: the literal is closed.
        return Ok(None);
    };
    let part = next_part(&mut literal, parts, next)?;
    if part == "}" {
        let template = std::mem::take(&mut literal.template);
        drop(literal);
        *state = templates.add(template);
    }
    Ok(Some(part))
}

fn next_part(literal: &mut Literal, parts: &[ImmutableString], next: &str) -> Part {
    // A quoted text that is `"{EOF}"` comes with its quotes.
    if next == "{EOF}" {
        return Err(error(ParseErrorType::UnexpectedEOF));
    }
    let part = match parts.len() % 4 {
        1 => return name_or_end(literal, next),
        2 => {
            add_name(literal, parts)?;
            ":"
        }
        3 => "$expr$",
        _ => return comma_or_end(next),
    };
    Ok(part.into())
}

fn name_or_end(literal: &Literal, next: &str) -> Part {
    if next == "}" {
        return Ok("}".into());
    }
    if next.starts_with('"') {
        return Ok("$string$".into());
    }
    if is_valid_identifier(next) {
        return Ok("$ident$".into());
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

fn comma_or_end(next: &str) -> Part {
    match next {
        "}" => Ok("}".into()),
        "," => Ok(",".into()),
        _ if is_valid_identifier(next) || next.starts_with('"') => Err(missing(
            ",",
            "to separate the items of this object map literal",
        )),
        _ => Err(missing("}", "to end this object map literal")),
    }
}

fn missing(token: &str, why: &str) -> ParseError {
    error(ParseErrorType::MissingToken(token.into(), why.into()))
}

/// Rhai fills in the place.
fn error(kind: ParseErrorType) -> ParseError {
    ParseError(Box::new(kind), Position::NONE)
}

fn evaluate(
    templates: &Templates,
    context: &mut EvalContext,
    inputs: &[Expression],
    state: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let Some(mut fields) = templates.get(state) else {
        return Ok(Dynamic::from(Document::default()));
    };
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
