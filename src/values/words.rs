//! Which names can stand in a script without quotes or escapes.

use rhai::{Token, is_valid_identifier};

/// Words that Rhai reserves in addition to its keywords. Rhai has no function that lists them, so a
/// test tries each one.
pub const RESERVED: &[&str] = &[
    "as",
    "async",
    "await",
    "call",
    "case",
    "curry",
    "debug",
    "default",
    "eval",
    "exit",
    "export",
    "fn",
    "go",
    "goto",
    "import",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "shared",
    "spawn",
    "static",
    "super",
    "sync",
    "this",
    "thread",
    "type_of",
    "use",
    "var",
    "void",
    "with",
    "yield",
    "Fn",
];

/// Returns whether a field name can stand in a document literal without quotes.
pub fn is_plain_key(name: &str) -> bool {
    is_valid_identifier(name)
        && Token::lookup_symbol_from_syntax(name).is_none()
        && !RESERVED.contains(&name)
}
