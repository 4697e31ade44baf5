//! The pages about the words of the language and about the terms of the glossary, for `help`.

use std::sync::LazyLock;

/// The pages of the language, one for each word or sign.
const LANGUAGE: &str = include_str!("../../scripts/language.md");

/// One page: its names and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The first one is its title: `if` for the page of `if` and `else`.
    pub names: Vec<String>,
    /// Markdown.
    pub text: String,
}

impl Page {
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Returns the words of its names, in lower case.
    pub fn words(&self) -> impl Iterator<Item = String> {
        let names = self.names.iter().flat_map(|name| name.split(' '));
        names.map(str::to_lowercase)
    }

    /// Returns the first sentence of the text.
    pub fn summary(&self) -> String {
        let paragraph = self.text.split("\n\n").next().unwrap_or_default();
        let line = paragraph.replace('\n', " ");
        let end = line.find(". ").map_or(line.len(), |at| at + 1);
        line[..end].to_owned()
    }

    /// Returns the scripts in the text.
    pub fn examples(&self) -> Vec<&str> {
        let parts = self.text.split("```rhai\n").skip(1);
        parts
            .filter_map(|part| Some(part.split_once("```")?.0))
            .collect()
    }
}

/// Returns all pages about the language.
pub fn pages() -> &'static [Page] {
    static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| read_pages(LANGUAGE));
    &PAGES
}

/// Returns the page about a word or a sign of the language.
pub fn page(name: &str) -> Option<&'static Page> {
    pages()
        .iter()
        .find(|page| page.names.iter().any(|one| one == name))
}

/// Reads the pages of a Markdown text: a heading `## if, else` with the names, and the text below.
///
/// ```
/// use seaworthy::engine::language::read_pages;
///
/// let pages = read_pages("# Words\n\n## if, else\n\nChooses. Twice.\n\n## let\n\nNames.\n");
/// assert_eq!(pages[0].names, ["if", "else"]);
/// assert_eq!((pages[0].summary(), pages[1].name()), ("Chooses.".to_owned(), "let"));
/// ```
pub fn read_pages(markdown: &str) -> Vec<Page> {
    let sections = markdown.split("\n## ").skip(1);
    sections
        .map(|section| {
            let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
            let names = heading.split(", ").map(|name| name.trim().to_owned());
            Page {
                names: names.collect(),
                text: text.trim().to_owned(),
            }
        })
        .collect()
}
