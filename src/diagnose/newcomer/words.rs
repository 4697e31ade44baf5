//! Keywords of other languages, and what to write instead.

use rhai::ParseErrorType;

use super::spot::Spot;

/// Words that Rhai took for a variable, just before the place of the error.
const BEFORE: &[(&str, &str)] = &[
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("raise", "write `throw \"message\";`"),
    ("typeof", "write `type_of(x)`"),
    ("instanceof", "write `type_of(x) == \"…\"`"),
    ("not", "write `!x`"),
    (
        "from",
        "no import is needed: `client` and `db` are predefined",
    ),
    (
        "pymongo",
        "no import is needed: `client` and `db` are predefined",
    ),
    (
        "class",
        "there are no classes: documents hold data, functions work on them",
    ),
    ("delete", "remove a field with `doc.remove(\"name\")`"),
    ("del", "remove a field with `doc.remove(\"name\")`"),
    ("unless", "write `if !condition { … }`"),
    ("int", "variables have no types: `let x = 5;`"),
    ("string", "variables have no types: `let x = \"a\";`"),
];

/// Words between two values, at the place of the error.
const AT: &[(&str, &str)] = &[
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("is", "write `==`"),
    ("elif", "write `else if`"),
    ("unless", "write `if !condition { … }`"),
    (
        "if",
        "write `if condition { a } else { b }`, which is an expression",
    ),
    ("instanceof", "write `type_of(x) == \"…\"`"),
];

/// Rhai's reserved words.
const RESERVED: &[(&str, &str)] = &[
    ("null", "the null value is `()`"),
    ("nil", "the null value is `()`"),
    (
        "async",
        "leave it out: every call waits until it is done; `background(|| …)` runs a closure in the background",
    ),
    (
        "await",
        "leave it out: every call waits until it is done; `background(|| …)` runs a closure in the background",
    ),
    (
        "spawn",
        "`background(|| …)` runs a closure in the background",
    ),
    (
        "thread",
        "`background(|| …)` runs a closure in the background",
    ),
    ("go", "`background(|| …)` runs a closure in the background"),
    ("var", "declare it with `let`"),
    ("static", "declare it with `const`"),
    ("match", "write `switch x { 1 => …, _ => … }`"),
    (
        "case",
        "an arm is written `1 => …,`, and the last one `_ => …`",
    ),
    ("default", "the last arm of a `switch` is `_ => …`"),
    (
        "use",
        "at the prompt, `:use NAME` chooses a database; a script is imported with `import \"file\" as name;`",
    ),
    ("include", "write `import \"file\" as name;`"),
    ("require", "write `import \"file\" as name;`"),
    ("module", "write `import \"file\" as name;`"),
    (
        "with",
        "there is no `with`: the end of the script closes everything it opened",
    ),
    ("is", "write `==`"),
    ("exit", "write `exit(code)`"),
    (
        "print",
        "call it: `print(x)`; to pass it as a function, `|x| print(x)`",
    ),
    (
        "debug",
        "call it: `debug(x)`; to pass it as a function, `|x| debug(x)`",
    ),
    (
        "type_of",
        "call it: `type_of(x)`; to pass it as a function, `|x| type_of(x)`",
    ),
];

/// Explains a keyword of another language at the place or before it.
pub(super) fn before_the_place(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let at = spot.missing().and_then(|_| find(AT, spot.token(0)));
    let before = || find(BEFORE, spot.token(-1));
    let earlier = || find(BEFORE, spot.token(-2)).filter(|_| spot.token(-1) != ".");
    at.or_else(before).or_else(earlier).map(ToOwned::to_owned)
}

/// Explains a reserved word.
pub(super) fn reserved(spot: &Spot) -> Option<String> {
    let word = match spot.syntax()? {
        ParseErrorType::Reserved(word) => word.as_str(),
        ParseErrorType::VariableExpected => spot.token(0),
        _ => return None,
    };
    if word == "new" {
        return Some(match spot.token(1) {
            "Date" => "leave `new` out: `now()`, or `DateTime(\"2026-01-31T10:00:00Z\")`".into(),
            "Error" => "throw the message itself: `throw \"message\";`".into(),
            "Set" | "Map" => "leave `new` out: `set([1, 2])` is a set, `#{ }` a document".into(),
            name => format!("leave `new` out: `{name}(…)`"),
        });
    }
    if let Some(hint) = find(RESERVED, word) {
        return Some(hint.into());
    }
    word.starts_with(char::is_alphabetic).then(|| {
        format!("`{word}` cannot be a name; write a field or a collection of that name in quotes: `db[\"{word}\"]`")
    })
}

fn find<'a>(table: &[(&str, &'a str)], word: &str) -> Option<&'a str> {
    table
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, hint)| *hint)
}
