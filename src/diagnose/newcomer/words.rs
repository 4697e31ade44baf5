//! Words of other languages, and what they are called here.

use rhai::ParseErrorType;

use super::spot::Spot;

/// Words that stand where a statement or an operator was begun and that Rhai took for a variable.
const BEFORE: &[(&str, &str)] = &[
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("raise", "errors are thrown with `throw \"words\";`"),
    ("typeof", "write `type_of(x)`"),
    ("instanceof", "write `type_of(x) == \"…\"`"),
    ("not", "write `!x`"),
    (
        "from",
        "nothing has to be imported: `client` and `db` are there",
    ),
    (
        "pymongo",
        "nothing has to be imported: `client` and `db` are there",
    ),
    (
        "class",
        "there are no classes: documents hold data, functions work on them",
    ),
    ("delete", "a field is taken out with `doc.remove(\"name\")`"),
    ("del", "a field is taken out with `doc.remove(\"name\")`"),
    ("unless", "write `if !condition { … }`"),
    ("int", "variables have no types: `let x = 5;`"),
    ("string", "variables have no types: `let x = \"a\";`"),
];

/// Words that stand between two values.
const AT: &[(&str, &str)] = &[
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("is", "write `==`"),
    ("elif", "write `else if`"),
    ("unless", "write `if !condition { … }`"),
    (
        "if",
        "a choice is written `if condition { a } else { b }`, which is a value",
    ),
    ("instanceof", "write `type_of(x) == \"…\"`"),
];

/// Words that Rhai keeps for itself.
const RESERVED: &[(&str, &str)] = &[
    ("null", "nothing is `()`"),
    ("nil", "nothing is `()`"),
    (
        "async",
        "leave it out: a call waits until it is done, and `background(|| …)` runs beside the script",
    ),
    (
        "await",
        "leave it out: a call waits until it is done, and `background(|| …)` runs beside the script",
    ),
    (
        "spawn",
        "`background(|| …)` runs a closure beside the script",
    ),
    (
        "thread",
        "`background(|| …)` runs a closure beside the script",
    ),
    ("go", "`background(|| …)` runs a closure beside the script"),
    ("var", "declare it with `let`"),
    ("static", "declare it with `const`"),
    ("match", "Rhai's is `switch x { 1 => …, _ => … }`"),
    (
        "case",
        "an arm is written `1 => …,`, and the last one `_ => …`",
    ),
    ("default", "the last arm of a `switch` is `_ => …`"),
    ("use", "write `import \"file\" as name;`"),
    ("include", "write `import \"file\" as name;`"),
    ("require", "write `import \"file\" as name;`"),
    ("module", "write `import \"file\" as name;`"),
    (
        "with",
        "there is no `with`: what is opened is closed when the script ends",
    ),
    ("is", "write `==`"),
    ("exit", "write `exit(code)`"),
    (
        "print",
        "call it: `print(x)`; to pass it on, `|x| print(x)`",
    ),
    (
        "debug",
        "call it: `debug(x)`; to pass it on, `|x| debug(x)`",
    ),
    (
        "type_of",
        "call it: `type_of(x)`; to pass it on, `|x| type_of(x)`",
    ),
];

/// A word before or at the place that belongs to another language.
pub(super) fn before_the_place(spot: &Spot) -> Option<String> {
    spot.syntax()?;
    let at = spot.missing().and_then(|_| find(AT, spot.token(0)));
    let before = || find(BEFORE, spot.token(-1));
    let earlier = || find(BEFORE, spot.token(-2)).filter(|_| spot.token(-1) != ".");
    at.or_else(before).or_else(earlier).map(ToOwned::to_owned)
}

/// A word that cannot be a name.
pub(super) fn reserved(spot: &Spot) -> Option<String> {
    let word = match spot.syntax()? {
        ParseErrorType::Reserved(word) => word.as_str(),
        ParseErrorType::VariableExpected => spot.token(0),
        _ => return None,
    };
    if word == "new" {
        return Some(match spot.token(1) {
            "Date" => "leave `new` out: `now()`, or `DateTime(\"2026-01-31T10:00:00Z\")`".into(),
            "Error" => "throw the words alone: `throw \"words\";`".into(),
            "Set" | "Map" => "leave `new` out: `set([1, 2])` is a set, `#{ }` a document".into(),
            name => format!("leave `new` out: `{name}(…)`"),
        });
    }
    if let Some(hint) = find(RESERVED, word) {
        return Some(hint.into());
    }
    word.starts_with(char::is_alphabetic).then(|| {
        format!("`{word}` cannot be a name; as a field or a collection it stands in quotes: `db[\"{word}\"]`")
    })
}

fn find<'a>(table: &[(&str, &'a str)], word: &str) -> Option<&'a str> {
    table
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, hint)| *hint)
}
