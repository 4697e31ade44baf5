//! Type names as scripts know them.

/// Returns the script's name of a Rust type.
///
/// `&str | ImmutableString | String` is `string`, `seaworthy::api::collection::Collection` is
/// `Collection`.
pub fn name(rust: &str) -> String {
    let rust = rust
        .trim()
        .trim_start_matches("&mut ")
        .trim_start_matches('&');
    match rust {
        "()" => "`()`".into(),
        "i64" | "INT" => "integer".into(),
        "f64" | "FLOAT" => "float".into(),
        "bool" => "boolean".into(),
        "char" => "character".into(),
        "Fn" => "function".into(),
        "map" => "object map".into(),
        "range" | "range=" => "range".into(),
        "?" | "Dynamic" => "any value".into(),
        "array" | "string" | "timestamp" | "blob" => rust.into(),
        _ if rust.contains("ImmutableString") || rust == "str" => "string".into(),
        _ => {
            let generic = rust.split('<').next().unwrap_or(rust);
            match generic.rsplit("::").next().unwrap_or(generic) {
                "ClientSession" => "Session".into(),
                name => name.into(),
            }
        }
    }
}

/// Returns the type name with its article: `a string`, `an integer`, `a Collection`.
pub fn with_article(rust: &str) -> String {
    let name = name(rust);
    match name.chars().next() {
        Some('`') => name,
        _ if name == "any value" => name,
        Some('a' | 'e' | 'i' | 'o' | 'A' | 'E' | 'I' | 'O') => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::with_article;

    #[test]
    fn types_have_their_script_names() {
        for (rust, shown) in [
            ("&str | ImmutableString | String", "a string"),
            ("i64", "an integer"),
            ("()", "`()`"),
            ("seaworthy::api::collection::Collection", "a Collection"),
            ("core::ops::range::Range<i64>", "a Range"),
            ("array", "an array"),
        ] {
            assert_eq!(with_article(rust), shown);
        }
    }
}
