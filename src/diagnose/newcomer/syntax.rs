//! Syntax of JavaScript and Python that Rhai does not parse.
//!
//! The comment of each rule shows what it recognises.

use rhai::{EvalAltResult, LexError, ParseErrorType};

use super::spot::Spot;

/// `{ a: 1 }`, which is a block in Rhai.
pub(super) fn document_without_hash(spot: &Spot) -> Option<String> {
    let is_key = spot
        .token(-1)
        .starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"');
    let is_plain = spot.token(-2) == "{" && spot.token(-3) != "#";
    (spot.missing()? == ";" && spot.token(0) == ":" && is_key && is_plain).then(|| {
        format!(
            "a document begins with `#{{`: write `#{{ {}: … }}`",
            spot.token(-1)
        )
    })
}

/// `{ $gt: 5 }`.
pub(super) fn dollar_name(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let (sign, name) = (spot.token(0), spot.token(1));
    let name = match sign.strip_prefix('$')? {
        "" => name,
        rest => rest,
    };
    let is_plain = spot.token(-1) == "{" && spot.token(-2) != "#";
    is_plain.then(|| format!("a document begins with `#{{`: write `#{{ ${name}: … }}`"))
}

/// `'hello'`.
pub(super) fn single_quotes(spot: &Spot) -> Option<String> {
    let ParseErrorType::BadInput(LexError::MalformedChar(text)) = spot.syntax()? else {
        return None;
    };
    Some(format!(
        "write a string in double quotes: `\"{text}\"`; single quotes are for one character"
    ))
}

/// `f"hello {name}"`.
pub(super) fn formatted_string(spot: &Spot) -> Option<String> {
    spot.missing()?;
    let is_prefix = matches!(spot.token(-1), "f" | "b" | "r" | "u" | "F");
    let string = spot.token(0);
    if !(is_prefix && string.starts_with('"')) {
        return None;
    }
    if spot.token(-1).eq_ignore_ascii_case("f") {
        let inside = string.trim_matches('"').replace('{', "${");
        return Some(format!(
            "write text with values in it in backticks: `` `{inside}` ``"
        ));
    }
    Some("strings have no prefixes: write the quotes alone".into())
}

/// `x => x + 1` and `lambda x: x + 1`.
pub(super) fn arrow(spot: &Spot) -> Option<String> {
    spot.missing()?;
    let is_arrow = spot.token(0) == "=>";
    let is_lambda = spot.token(-1) == "lambda";
    (is_arrow || is_lambda)
        .then(|| "a closure is written `|x| x + 1`, with a body `|x| { … }`".into())
}

/// `function f(x) { … }`, `def f(x):`, `func`, `fun`.
pub(super) fn function_keyword(spot: &Spot) -> Option<String> {
    spot.missing()?;
    let keyword = ["function", "def", "func", "fun"]
        .into_iter()
        .find(|keyword| spot.line_has(keyword))?;
    if spot.line_has("=") || spot.token(-1) == ")" {
        return Some("a function without a name is a closure: `|x| { … }`".into());
    }
    Some(format!(
        "a function is written `fn name(x) {{ … }}`, not `{keyword}`"
    ))
}

/// `x++`, `a ? b : c`, `a === b`, `->`, `# comment`.
pub(super) fn operator(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let hint = match spot.token(0) {
        "++" => "write `x += 1`",
        "--" => "write `x -= 1`",
        "?" => "write `if condition { a } else { b }`, which is an expression",
        "->" | ">" if spot.text[..spot.offset].ends_with('-') || spot.token(0) == "->" => {
            "read a field with `.`; functions do not declare a return type"
        }
        "#" => "a comment begins with `//`, a document with `#{`",
        "**=" => "write `x = x ** 2`",
        _ if spot.line_has("===") => "write `==`: it does not convert types, so there is no `===`",
        _ if spot.line_has("!==") => "write `!=`: it does not convert types, so there is no `!==`",
        _ => return None,
    };
    Some(hint.into())
}

/// `for (let x of y)`, `for (x in y)`, `for x of y`, `for (let i = 0; …)`.
pub(super) fn loop_header(spot: &Spot) -> Option<String> {
    let is_header = matches!(
        spot.syntax()?,
        ParseErrorType::VariableExpected | ParseErrorType::MissingToken(..)
    );
    if !is_header || !spot.line_has("for") {
        return None;
    }
    let first = spot.line_tokens().find(|token| token.text == "for")?;
    let header: Vec<&str> = spot
        .tokens
        .iter()
        .skip_while(|token| token.offset <= first.offset)
        .take_while(|token| token.text != "{")
        .map(|token| token.text)
        .collect();
    let counts = header.contains(&";");
    let is_foreign = header.first() == Some(&"(") || header.contains(&"of");
    if counts {
        return Some("a loop that counts is written `for i in 0..5 { … }`".into());
    }
    is_foreign
        .then(|| "a loop is written `for x in list { … }`, without parentheses and `let`".into())
}

/// `let { a, b } = doc` and `let [a, b] = list`.
pub(super) fn destructuring(spot: &Spot) -> Option<String> {
    if !matches!(spot.syntax()?, ParseErrorType::VariableExpected) {
        return None;
    }
    let hint = match (spot.token(-1), spot.token(0)) {
        ("let" | "const", "{") => "one variable at a time: `let a = doc.a;`",
        ("let" | "const", "[" | "(") => "one variable at a time: `let a = list[0];`",
        _ => return None,
    };
    Some(hint.into())
}

/// `catch e { … }`, `except`, `try` without `catch`.
pub(super) fn handler(spot: &Spot) -> Option<String> {
    let after_catch = spot.token(-1) == "catch"
        && matches!(
            spot.syntax()?,
            ParseErrorType::BadInput(LexError::Runtime(_))
        );
    let no_catch = spot.missing() == Some("catch");
    (after_catch || no_catch).then(|| "errors are caught with `try { … } catch (err) { … }`".into())
}

/// `let x: int = 5`, `fn f(a: int)`, `fn f(a = 1)`.
pub(super) fn types_and_defaults(spot: &Spot) -> Option<String> {
    let missing = spot.missing()?;
    let is_declared = matches!(spot.token(-2), "let" | "const");
    match (missing, spot.token(0)) {
        (";", ":") if is_declared => Some("variables have no types: `let x = 5;`".into()),
        (",", ":") if spot.line_has("fn") => {
            Some("parameters have no types: `fn f(a) { … }`".into())
        }
        (",", "=") if spot.line_has("fn") => Some(
            "parameters have no defaults: define `fn f() { f(1) }` as well as `fn f(a) { … }`"
                .into(),
        ),
        _ => None,
    }
}

/// `switch x { case 1: … }`.
pub(super) fn switch_case(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let is_arm =
        spot.token(0) == "case" || (spot.token(0) == "default" && spot.text.contains("switch"));
    is_arm.then(|| "an arm is written `1 => …,`, and the last one `_ => …`".into())
}

/// `if (x) print(y);`.
pub(super) fn body_without_braces(spot: &Spot) -> Option<String> {
    if spot.missing()? != "{" {
        return None;
    }
    let keyword = ["if", "else", "while", "for", "do", "loop"]
        .into_iter()
        .find(|keyword| spot.line_has(keyword))?;
    if spot.token(-1) == "not" {
        return Some(format!("write `!{}`: there is no `not`", spot.token(0)));
    }
    if spot.token(0) == ":" {
        return Some(format!(
            "the body of `{keyword}` goes in `{{ }}`, not after a `:`"
        ));
    }
    Some(format!(
        "the body of `{keyword}` goes in `{{ }}`, even a single statement"
    ))
}

/// An assignment to a constant, or a call that would change it.
pub(super) fn constant(spot: &Spot) -> Option<String> {
    let is_constant = matches!(spot.syntax(), Some(ParseErrorType::AssignmentToConstant(_)))
        || matches!(
            spot.error,
            EvalAltResult::ErrorAssignmentToConstant(..)
                | EvalAltResult::ErrorNonPureMethodCallOnConstant(..)
        );
    is_constant.then(|| "declare it with `let` to change it later".into())
}

/// `if n { … }`: only booleans are conditions.
pub(super) fn condition(spot: &Spot) -> Option<String> {
    let ParseErrorType::MismatchedType(wanted, _) = spot.syntax()? else {
        return None;
    };
    wanted
        .contains("boolean")
        .then(|| "only `true` and `false` are conditions: compare, for example `n != 0`".into())
}
