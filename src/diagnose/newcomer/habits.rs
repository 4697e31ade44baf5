//! Habits from Python and JavaScript that Rhai parses as something else.
//!
//! The comment of each rule shows what it recognises.

use rhai::EvalAltResult;

use super::spot::Spot;
use crate::engine::catalogue::registry;
use crate::error::Kind;

/// `[x for x in list]`.
pub(super) fn comprehension(spot: &Spot) -> Option<String> {
    (spot.missing()? == "," && spot.token(0) == "for")
        .then(|| "write `list.map(|x| …)`, or `list.filter(|x| …)` to choose elements".into())
}

/// `[("city", 1)]`.
pub(super) fn tuple(spot: &Spot) -> Option<String> {
    let is_text = spot.token(-1).starts_with('"');
    (spot.missing()? == ")" && spot.token(0) == "," && is_text).then(|| {
        let name = spot.token(-1).trim_matches('"');
        format!("there are no tuples: keys are a document, `#{{ {name}: 1 }}`")
    })
}

/// `let a = 1, b = 2;`.
pub(super) fn several_variables(spot: &Spot) -> Option<String> {
    let starts = |word: &str| {
        let first = spot.line_tokens().next();
        first.is_some_and(|first| first.text == word)
    };
    let declares = starts("let") || starts("const");
    (spot.missing()? == ";" && spot.token(0) == "," && declares)
        .then(|| "each variable has its own `let`: `let a = 1; let b = 2;`".into())
}

/// `try { … } finally { … }`.
pub(super) fn finally(spot: &Spot) -> Option<String> {
    (spot.syntax().is_some() && (spot.token(0) == "finally" || spot.token(-1) == "finally"))
        .then(|| "there is no `finally`: write the code after the `catch` block".into())
}

/// `show users`.
pub(super) fn show(spot: &Spot) -> Option<String> {
    if spot.missing()? != ";" || spot.token(-1) != "show" {
        return None;
    }
    let hint = match spot.token(0) {
        "users" => "write `db.users()`",
        "roles" => "write `db.list_roles()`",
        "profile" => "write `db.profile()`",
        "collections" | "tables" => "write `db.list_collection_names()`",
        "dbs" | "databases" => "write `client.list_database_names()`",
        "log" | "logs" => "write `client.admin.command(#{ getLog: \"global\" }).log`",
        _ => return None,
    };
    Some(hint.into())
}

/// `#{ at: now(), i }`.
pub(super) fn short_field(spot: &Spot) -> Option<String> {
    let name = spot.token(-1);
    let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    (spot.missing()? == ":" && matches!(spot.token(0), "," | "}") && is_name)
        .then(|| format!("a field has a name and a value: `{name}: {name}`"))
}

/// `#{ city: Kiel }`, where the quotes are missing.
pub(super) fn text_without_quotes(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    let is_value = spot.token(-1) == ":" && matches!(spot.token(1), "," | "}");
    is_value.then(|| format!("a string is written in quotes: `\"{name}\"`"))
}

/// `DuplicateKey`, `help(find)`, `order`: names that are not variables.
pub(super) fn name_of_something_else(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    if Kind::from_name(name).is_some() {
        return Some(format!("write `errors::{name}`"));
    }
    if name == "random" {
        let function = spot.token(2);
        return Some(format!("write `random::{function}(…)`"));
    }
    if spot.token(-2) == "help" && spot.token(-1) == "(" {
        return Some(format!("write the name in quotes: `help(\"{name}\")`"));
    }
    if !spot.names.defined(name).is_empty() || registry().functions("").any(|one| one.name == name)
    {
        return Some(format!("it is a function: call it with `{name}(…)`"));
    }
    let method = registry()
        .named(name)
        .find(|one| !one.receiver.is_empty())?;
    let receiver = method.receiver;
    let article = if receiver.starts_with(['A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    Some(format!(
        "`{name}` is a method of {article} {receiver}; a variable is declared with `let {name} = …;`"
    ))
}

/// `cursor[0]`.
pub(super) fn element_of_a_cursor(spot: &Spot) -> Option<String> {
    let text = match spot.error {
        EvalAltResult::ErrorIndexingType(text, _) => text,
        EvalAltResult::ErrorFunctionNotFound(text, _) if text.starts_with("index$") => text,
        _ => return None,
    };
    text.contains("Cursor")
        .then(|| "read the documents first: `cursor.to_array()[0]`, or use `find_one(…)`".into())
}

/// `print("a", "b")`.
pub(super) fn several_prints(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    signature
        .starts_with("print (")
        .then(|| "print one string: `` print(`${a} ${b}`) ``".into())
}

/// `"a" * 3`.
pub(super) fn repeated_text(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    (signature.starts_with("* (") && signature.contains("ImmutableString"))
        .then(|| "to repeat a character, write `\"\".pad_end(3, \"a\")`".into())
}

/// `u::K`, where `u` was not imported.
pub(super) fn module(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorModuleNotFound(name, _) = spot.error else {
        return None;
    };
    Some(format!(
        "import it first: `import \"{name}\" as {name};`; its values need `export const`"
    ))
}
