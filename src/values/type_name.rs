//! The names of script types in error messages.

use rhai::Dynamic;

/// Returns the name of a value's type: `string`, `array`, `Cursor`.
pub fn bare(value: &Dynamic) -> &str {
    match value.type_name() {
        "i64" => "integer",
        "f64" => "float",
        "bool" => "boolean",
        "char" => "character",
        "Fn" => "function",
        "map" => "object map",
        "timestamp" => "timestamp (of Rhai, for measuring time)",
        full => match full.rsplit("::").next().unwrap_or(full) {
            "SharedSession" => "Session",
            name => name,
        },
    }
}

/// Returns the name of a value's type with an article: `a string`, `an array`, `a Cursor`.
pub fn of(value: &Dynamic) -> String {
    if value.is_unit() {
        return "`()`".to_owned();
    }
    with_article(bare(value))
}

pub fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {name}")
}
