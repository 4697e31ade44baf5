//! The names of script types as error messages say them.

use rhai::Dynamic;

/// What kind of thing a value is, with its article: `a string`, `an array`, `a Cursor`.
pub fn of(value: &Dynamic) -> String {
    let name = match value.type_name() {
        "()" => return "`()`".to_owned(),
        "i64" => "integer",
        "f64" => "float",
        "bool" => "boolean",
        "char" => "character",
        "Fn" => "function",
        "map" => "object map",
        "timestamp" => "timestamp (of Rhai, for measuring time)",
        full => full.rsplit("::").next().unwrap_or(full),
    };
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {name}")
}
