//! Hints for unknown variables, functions and fields.

use std::collections::BTreeSet;

use rhai::{EvalAltResult, ParseErrorType};

use super::spot::Spot;
use crate::diagnose::function_text;
use crate::error::nearest;
use crate::translate::snake_case;

/// Variables of other languages.
const VARIABLES: &[(&str, &str)] = &[
    ("None", "the null value is `()`"),
    ("NULL", "the null value is `()`"),
    ("Null", "the null value is `()`"),
    (
        "undefined",
        "the null value is `()`; a missing field also reads as `()`",
    ),
    ("NaN", "write `Double(\"NaN\")`"),
    ("Infinity", "write `Double(\"Infinity\")`"),
    ("True", "write `true`"),
    ("TRUE", "write `true`"),
    ("False", "write `false`"),
    ("FALSE", "write `false`"),
    ("console", "write `print(…)`"),
    ("self", "inside a method, write `this`"),
    ("pass", "an empty block is `{ }`"),
    (
        "pymongo",
        "no import is needed: `client` and `db` are predefined",
    ),
    ("Math", "use the functions `abs(x)`, `floor(x)`, `sqrt(x)`"),
    ("JSON", "write `ejson(x)` and `parse_ejson(text)`"),
    (
        "Object",
        "documents have methods: `doc.keys()`, `doc.values()`",
    ),
    (
        "process",
        "the script's arguments are in `args`; `exit(code)` ends the script",
    ),
    (
        "datetime",
        "write `now()`, or `DateTime(\"2026-01-31T10:00:00Z\")`",
    ),
    (
        "json",
        "no import is needed: write `parse_json(text)`, or `parse_ejson(text)` and `ejson(x)`",
    ),
    (
        "sys",
        "the script's arguments are in `args`; `exit(code)` ends the script",
    ),
];

/// Functions of other languages.
const FUNCTIONS: &[(&str, &str)] = &[
    ("length", "write `len()`"),
    ("size", "write `len()`"),
    ("count", "write `len()`"),
    (
        "append",
        "`push(x)` adds one element; `append(list)` adds all elements of a list",
    ),
    ("add", "`push(x)` adds an element"),
    ("forEach", "write `for x in list { … }`"),
    ("each", "write `for x in list { … }`"),
    ("includes", "write `contains(x)` or `x in list`"),
    ("str", "write `x.to_string()`, or `` `text ${x}` ``"),
    ("String", "write `x.to_string()`, or `` `text ${x}` ``"),
    ("int", "write `parse_int(text)`"),
    ("Number", "write `parse_int(text)` or `parse_float(text)`"),
    ("parseInt", "write `parse_int(text)`"),
    ("range", "write `0..5`, or `range(0, 5)`"),
    ("isinstance", "write `type_of(x) == \"…\"`"),
    ("type", "write `type_of(x)`"),
    ("log", "write `print(…)`"),
    ("println", "write `print(…)`"),
    (
        "printf",
        "write `print(…)`, with values in backticks: `` `n = ${n}` ``",
    ),
    ("printjson", "write `print(…)`"),
    ("console", "write `print(…)`"),
    ("echo", "write `print(…)`"),
    ("require", "write `import \"file\" as name;`"),
    ("setTimeout", "write `sleep(seconds)`"),
    ("toArray", "write `to_array()`"),
    (
        "list",
        "write `cursor.to_array()`; an array is written `[1, 2]`",
    ),
    (
        "items",
        "write `for (name, value) in doc { … }`, or `document.keys()` and `document.values()`",
    ),
    ("toLowerCase", "write `to_lower()`"),
    ("lower", "write `to_lower()`"),
    ("toUpperCase", "write `to_upper()`"),
    ("upper", "write `to_upper()`"),
    ("slice", "write `extract(start, count)`"),
    ("strftime", "write `format(\"%Y-%m-%d\")`"),
    ("toISOString", "write `format(\"%Y-%m-%dT%H:%M:%SZ\")`"),
    ("isoformat", "write `format(\"%Y-%m-%dT%H:%M:%SZ\")`"),
    ("toFixed", "write `format(x, \".2\")`"),
    ("strip", "write `trim()`"),
];

/// Explains that a function sees only its parameters.
pub(super) fn outer_variable(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    let function = enclosing_function(spot)?;
    let is_outside = spot.tokens.windows(2).enumerate().any(|(index, pair)| {
        matches!(pair[0].text, "let" | "const")
            && pair[1].text == name
            && !function.body.contains(&index)
    });
    is_outside.then(|| {
        format!(
            "`fn {}` does not see variables outside of it: make `{name}` a parameter, or write a closure `|x| …`",
            function.name
        )
    })
}

struct Function<'a> {
    name: &'a str,
    body: std::ops::Range<usize>,
}

/// Returns the `fn` around the place.
fn enclosing_function<'a>(spot: &Spot<'a>) -> Option<Function<'a>> {
    let tokens = &spot.tokens;
    let starts = (0..spot.index).filter(|index| tokens[*index].text == "fn");
    starts
        .filter_map(|start| {
            let open = (start..tokens.len()).find(|index| tokens[*index].text == "{")?;
            let mut depth = 0_usize;
            let close = (open..tokens.len()).find(|index| {
                match tokens[*index].text {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            Some(Function {
                name: tokens.get(start + 1)?.text,
                body: open..close.unwrap_or(tokens.len()),
            })
        })
        .find(|function| function.body.contains(&spot.index))
}

/// `x = 5` without a `let`.
pub(super) fn undeclared(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    // At the prompt, every line begins a statement.
    let is_first = spot
        .line_tokens()
        .next()
        .is_some_and(|first| first.offset == spot.offset);
    let begins = is_first || matches!(spot.token(-1), "" | ";" | "{" | "}");
    (begins && spot.token(1) == "=").then(|| format!("declare it first: `let {name} = …;`"))
}

/// Explains a variable of another language, or a misspelt one.
pub(super) fn variable(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    if let Some((_, hint)) = VARIABLES.iter().find(|(foreign, _)| foreign == name) {
        return Some((*hint).into());
    }
    let mut known: BTreeSet<&str> = ["client", "db", "args", "true", "false"].into();
    for pair in spot.tokens.windows(2) {
        if matches!(
            pair[0].text,
            "let" | "const" | "for" | "as" | "(" | "," | "|"
        ) && pair[1].is_word()
        {
            known.insert(pair[1].text);
        }
    }
    known.remove(name.as_str());
    if let Some(nearest) = nearest(name, known.iter().copied()) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    None
}

/// Explains `insert_one({})`: the braces are an empty block, whose value is `()`.
pub(super) fn empty_block(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    let gives_nothing = function_text::parse(signature).types.contains(&"()");
    let line: Vec<&str> = spot.line_tokens().map(|token| token.text).collect();
    let has_braces = line
        .windows(3)
        .any(|three| matches!(three[0], "(" | ",") && three[1] == "{" && three[2] == "}");
    let snake = snake_case(function_text::parse(signature).name);
    let is_foreign = !signature.starts_with(&snake) && spot.names.contains(&snake);
    (gives_nothing && has_braces).then(|| match is_foreign {
        true => format!(
            "names are written in snake_case, and an empty document is `#{{}}`: `{snake}(#{{}})`"
        ),
        false => "`{}` is an empty block; an empty document is `#{}`".into(),
    })
}

/// Explains a function of another language, one in camelCase, or a misspelt one.
pub(super) fn function(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    let call = function_text::parse(signature);
    // A getter (`get$x`) is a field, not a misspelt function.
    if call.name.contains('$') {
        return field_named(spot, call.name.split('$').nth(1)?);
    }
    if call.name == "+" && call.types.contains(&"()") {
        return Some(
            "one side is `()`: a field that is missing, or a function that returns nothing".into(),
        );
    }
    let snake = snake_case(call.name);
    if snake != call.name && spot.names.contains(&snake) {
        return Some(format!("names are written in snake_case: `{snake}`"));
    }
    if let Some((_, hint)) = FUNCTIONS.iter().find(|(foreign, _)| *foreign == call.name) {
        return Some((*hint).into());
    }
    if spot.names.contains(call.name) {
        return None;
    }
    nearest(call.name, spot.names.iter()).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// Explains `list.length`, and a method without its parentheses.
pub(super) fn field(spot: &Spot) -> Option<String> {
    let is_field = matches!(
        spot.error,
        EvalAltResult::ErrorDotExpr(..) | EvalAltResult::ErrorPropertyNotFound(..)
    );
    is_field.then(|| field_named(spot, spot.token(0)))?
}

fn field_named(spot: &Spot, name: &str) -> Option<String> {
    if matches!(name, "length" | "size" | "count") {
        return Some("write `len()`".into());
    }
    let snake = snake_case(name);
    if spot.names.contains(&snake) {
        return Some(format!("it is a function: `.{snake}()`"));
    }
    nearest(name, spot.names.iter()).map(|nearest| format!("did you mean `.{nearest}()`?"))
}

/// `for i in 5`.
pub(super) fn not_iterable(spot: &Spot) -> Option<String> {
    let does_not_parse = matches!(spot.syntax(), Some(ParseErrorType::MismatchedType(wanted, _))
        if wanted.contains("iterable"));
    (does_not_parse || matches!(spot.error, EvalAltResult::ErrorFor(_))).then(|| {
        "`for` iterates over arrays, ranges, cursors and sets; for the fields of a document write `for (name, value) in doc { … }`, to count `for i in 0..n { … }`".into()
    })
}

/// Explains infinite recursion.
pub(super) fn endless(spot: &Spot) -> Option<String> {
    matches!(spot.error, EvalAltResult::ErrorStackOverflow(_)).then(|| {
        "check that the function stops calling itself; a loop can run forever, recursion cannot"
            .into()
    })
}
