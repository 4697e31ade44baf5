//! Messages for Rhai's parse errors.

use rhai::{LexError, ParseErrorType};

/// Returns a one-line message.
pub fn message(error: &ParseErrorType) -> String {
    use ParseErrorType as P;
    match error {
        P::UnexpectedEOF => "the script ends unexpectedly".into(),
        P::BadInput(error) => lexical(error),
        P::UnknownOperator(operator) => format!("there is no operator `{operator}`"),
        P::MissingToken(token, why) => format!("expected `{token}` {}", our_words(why)),
        P::MissingSymbol(what) if what.is_empty() => "expected a symbol".into(),
        P::MalformedIndexExpr(what) if what.is_empty() => "this cannot be an index".into(),
        P::MalformedCapture(what) if what.is_empty() => "this cannot be captured".into(),
        P::MissingSymbol(what) | P::MalformedIndexExpr(what) | P::MalformedCapture(what) => {
            lowered(what)
        }
        P::DuplicatedProperty(name) => format!("the field `{name}` is written twice"),
        P::DuplicatedVariable(name) => format!("the variable `{name}` is declared twice"),
        P::PropertyExpected => "expected the name of a field".into(),
        P::VariableExpected => "expected the name of a variable".into(),
        P::ForbiddenVariable(name) => format!("a variable cannot be called `{name}`"),
        P::Reserved(word) => reserved(word),
        P::MismatchedType(wanted, found) => {
            format!("expected {}, not {}", lowered(wanted), lowered(found))
        }
        P::ExprExpected(what) if what.is_empty() => "expected an expression".into(),
        P::ExprExpected(what) => format!("expected a {}", quoted(what).trim_start_matches("a ")),
        P::AssignmentToConstant(name) if name.is_empty() => "a constant cannot be changed".into(),
        P::AssignmentToConstant(name) => format!("`{name}` is a constant and cannot be changed"),
        P::AssignmentToInvalidLHS(what) if what.is_empty() => {
            "nothing can be assigned to this".into()
        }
        P::AssignmentToInvalidLHS(what) => lowered(what),
        P::VariableExists(name) => format!("the variable `{name}` exists already"),
        P::VariableUndefined(name) => format!("there is no variable `{name}`"),
        P::ModuleUndefined(name) => format!("there is no module `{name}`"),
        P::ExprTooDeep => "this is nested too deeply".into(),
        P::LiteralTooLarge(what, most) => format!("{} (at most {most})", lowered(what)),
        P::LoopBreak => "`break` and `continue` belong inside a loop".into(),
        other => functions(other),
    }
}

fn functions(error: &ParseErrorType) -> String {
    use ParseErrorType as P;
    match error {
        P::WrongDocComment => "a `///` comment belongs directly before a function".into(),
        P::WrongFnDefinition => "a function cannot be defined inside a block or a function".into(),
        P::FnDuplicatedDefinition(name, count) => {
            format!(
                "the function `{name}` with {} is defined twice",
                parameters(*count)
            )
        }
        P::FnMissingName => "expected the function's name after `fn`".into(),
        P::FnMissingParams(name) => format!("expected `(` and the parameters of `{name}`"),
        P::FnDuplicatedParam(name, parameter) => {
            format!("`{name}` has two parameters called `{parameter}`")
        }
        P::FnMissingBody(name) if name.is_empty() => "expected the function's body in `{ }`".into(),
        P::FnMissingBody(name) => format!("expected the body of `{name}` in `{{ }}`"),
        P::WrongExport => "`export` belongs to the top level of a script".into(),
        P::TooManyFunctions => "too many functions are defined".into(),
        P::WrongSwitchIntegerCase => "a single number cannot follow a range in a `switch`".into(),
        P::WrongSwitchDefaultCase => "`_` must be the last arm of a `switch`".into(),
        P::WrongSwitchCaseCondition => "this arm of a `switch` cannot have a condition".into(),
        other => lowered(&other.to_string()),
    }
}

fn lexical(error: &LexError) -> String {
    match error {
        LexError::UnexpectedInput(text) => format!("`{text}` is not understood here"),
        LexError::UnterminatedString => "the string is not closed".into(),
        LexError::StringTooLong(most) => format!("the string is too long (at most {most})"),
        LexError::MalformedEscapeSequence(text) => format!("`{text}` is not an escape sequence"),
        LexError::MalformedNumber(text) if text.is_empty() => "this is not a number".into(),
        LexError::MalformedNumber(text) => format!("`{text}` is not a number"),
        LexError::MalformedChar(text) => {
            format!("`'{text}'` is not one character")
        }
        LexError::MalformedIdentifier(text) => format!("`{text}` cannot be a name"),
        LexError::ImproperSymbol(symbol, _) => format!("`{symbol}` is not understood here"),
        other => lowered(&other.to_string()),
    }
}

fn reserved(word: &str) -> String {
    if word.starts_with(char::is_alphabetic) {
        format!("`{word}` is a reserved word")
    } else {
        format!("`{word}` is not understood here")
    }
}

fn parameters(count: usize) -> String {
    match count {
        0 => "no parameters".into(),
        1 => "1 parameter".into(),
        _ => format!("{count} parameters"),
    }
}

/// Returns Rhai's text with our quotes and a lower-case first letter.
fn lowered(text: &str) -> String {
    let text = quoted(text);
    let mut letters = text.chars();
    match letters.next() {
        // Keep a name in capitals.
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text,
    }
}

/// Replaces Rhai's terms with the terms of our other messages.
fn our_words(why: &str) -> String {
    quoted(why)
        .replace("to terminate", "to end")
        .replace("object map literal", "document")
        .replace("array literal", "array")
        .replace("the property", "the field")
        .replace("function call `", "the call of `")
        .replace("this the call of", "the call of")
}

fn quoted(text: &str) -> String {
    text.trim_end_matches('.').replace('\'', "`")
}
