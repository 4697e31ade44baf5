//! Translates mongosh and PyMongo into our scripts. Knows nothing of the engine: text goes in, text
//! comes out. What is not surely translated is not translated.
//!
//! A tokenizer and a parser for each language (`javascript/`, `python/`) make one tree (`tree.rs`).
//! `meaning/` replaces what the tree means to mongosh and PyMongo, and `writer.rs` writes it.

mod chunks;
mod file;
mod javascript;
mod literal;
mod meaning;
mod nesting;
mod number;
mod problem;
mod python;
mod scan;
mod snake_case;
mod token;
mod token_cursor;
mod tree;
mod walk;
mod writer;

pub use chunks::chunks;
pub use file::{TranslatedFile, translate_file};
pub use literal::extended_json;
pub use problem::Problem;
pub use snake_case::snake_case;
use tree::Stmt;

/// A language that is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript with the functions of mongosh.
    Mongosh,
    /// Python with PyMongo.
    PyMongo,
}

impl Language {
    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mongosh => "mongosh",
            Self::PyMongo => "PyMongo",
        }
    }
}

/// How much of the code a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A line or a block. Variables may come from earlier lines.
    Line,
    /// All of it.
    File,
}

/// Returns the text in our language.
///
/// ```
/// use seaworthy::translate::{Extent, Language, translate};
///
/// let ours = translate("db.trucks.findOne({ city: 'Kiel' })", Language::Mongosh, Extent::Line);
/// assert_eq!(ours.unwrap(), "db.trucks.find_one(#{ city: \"Kiel\" })");
/// ```
///
/// # Errors
/// Says what is not translated, and where.
pub fn translate(text: &str, language: Language, extent: Extent) -> Result<String, Problem> {
    statements(text, language, extent).map(|statements| writer::write(&statements))
}

fn statements(text: &str, language: Language, extent: Extent) -> Result<Vec<Stmt>, Problem> {
    if nesting::is_too_deep(text) {
        return Err(Problem::new("the code is nested too deep", 0));
    }
    meaning::translate(parse(text, language)?, language, extent)
}

fn parse(text: &str, language: Language) -> Result<Vec<Stmt>, Problem> {
    match language {
        Language::Mongosh => javascript::parse(text),
        Language::PyMongo => python::parse(text),
    }
}

/// Returns our name of a method of mongosh or PyMongo, if only the name differs. `receiver` is the
/// name of our type, `name` is in snake_case.
#[must_use]
pub fn renamed_method(receiver: &str, name: &str) -> Option<&'static str> {
    meaning::renamed_method(receiver, name)
}

/// Returns why a text of mongosh or PyMongo is not translated. Returns `None` if it is translated, or
/// is in neither language.
#[must_use]
pub fn obstacle(text: &str) -> Option<(Language, Problem)> {
    if nesting::is_too_deep(text) || translate_line(text).is_some() {
        return None;
    }
    let languages = [Language::Mongosh, Language::PyMongo].into_iter();
    let mut obstacles = languages.filter_map(|language| {
        let statements = parse(text, language).ok()?;
        let problem = meaning::translate(statements, language, Extent::Line).err()?;
        Some((language, problem))
    });
    obstacles.next()
}

/// Returns a line or a block in our language, and the language that it was. Returns `None` if it is
/// in neither language, or already in ours.
#[must_use]
pub fn translate_line(text: &str) -> Option<(Language, String)> {
    let languages = [Language::Mongosh, Language::PyMongo].into_iter();
    let mut translated = languages
        .filter_map(|language| Some((language, translate(text, language, Extent::Line).ok()?)));
    let code = |text: &str| text.replace(|c: char| c.is_whitespace() || c == ';', "");
    translated
        .next()
        .filter(|(_, ours)| !ours.is_empty() && code(ours) != code(text))
}
