//! Values as text and as Extended JSON: the two places that know how are called from here only.

use rhai::Dynamic;

/// How values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As source that can be pasted back; a string at the top as its text.
    Text,
    /// One line of relaxed Extended JSON each: what `jq` and people read. `ejson(x, "canonical")` keeps widths.
    Json,
}

impl Format {
    /// The value on its line, without the line's end.
    pub fn render(self, value: &Dynamic) -> String {
        match self {
            Self::Text => print_text(value),
            Self::Json => json_line(value),
        }
    }
}

/// Stand-in for `api::value::show::print_text`.
fn print_text(value: &Dynamic) -> String {
    value.to_string()
}

/// Stand-in for `api::value::ejson`.
pub(super) fn json_line(value: &Dynamic) -> String {
    rhai::format_map_as_json(&[("v".into(), value.clone())].into_iter().collect())
        .strip_prefix("{\"v\":")
        .and_then(|text| text.strip_suffix('}'))
        .map_or_else(String::new, ToOwned::to_owned)
}
