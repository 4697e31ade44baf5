//! The terms of the course's glossary, for `help("read concern")` and the lesson player.

use std::sync::LazyLock;

use super::language::{Page, read_pages};

const GLOSSARY: &str = include_str!("../../scripts/glossary.md");

/// Returns the terms of the built-in glossary. The first name of each is its heading.
pub fn terms() -> &'static [Page] {
    static TERMS: LazyLock<Vec<Page>> = LazyLock::new(|| read_pages(GLOSSARY));
    &TERMS
}

/// Returns the term with this name, in upper or lower case.
pub fn term(name: &str) -> Option<&'static Page> {
    terms()
        .iter()
        .find(|term| term.names.iter().any(|one| one.eq_ignore_ascii_case(name)))
}

/// Returns the term that an emphasised text names, which may be in the plural.
pub fn emphasised_term(text: &str) -> Option<&'static Page> {
    term(text).or_else(|| term(text.strip_suffix('s')?))
}
