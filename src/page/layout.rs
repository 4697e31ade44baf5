//! What all pages of the course have in common: the style and the script.

use maud::Markup;

use crate::render::html::document;

const STYLE: &str = include_str!("style.css");
/// Copy buttons and the choice between light and dark. Without it, pages are complete.
const SCRIPT: &str = include_str!("script.js");

/// Returns a page as one text.
pub(super) fn page(title: &str, body: &Markup) -> String {
    document(title, STYLE, SCRIPT, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_small_and_cannot_end_its_element() {
        assert!(SCRIPT.len() <= 4096, "{} bytes", SCRIPT.len());
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</"));
    }
}
