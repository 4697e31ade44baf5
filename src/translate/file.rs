use std::ops::Range;

use super::chunks::chunks;
use super::problem::Problem;
use super::tree::{Stmt, StmtKind};
use super::{Extent, Language, statements, writer};

/// A translated file. What is not translated is in it as comments.
#[derive(Clone, Debug)]
pub struct TranslatedFile {
    pub language: Language,
    pub text: String,
    /// What is not translated, in the order of the file.
    pub problems: Vec<Problem>,
    /// The number of statements in the file.
    pub statements: usize,
}

/// Translates a whole file. Without a language, the one in which more is translated.
#[must_use]
pub fn translate_file(text: &str, language: Option<Language>) -> TranslatedFile {
    if let Some(language) = language {
        return translate_from(text, language);
    }
    let [mongosh, pymongo] =
        [Language::Mongosh, Language::PyMongo].map(|language| translate_from(text, language));
    if pymongo.problems.len() < mongosh.problems.len() {
        pymongo
    } else {
        mongosh
    }
}

/// Leaves out one statement after the other, until the rest is translated.
fn translate_from(source: &str, language: Language) -> TranslatedFile {
    let chunks = chunks(source);
    let mut rest = source.to_owned();
    let mut left_out: Vec<(Range<usize>, Problem)> = Vec::new();
    let translated = loop {
        match statements(&rest, language, Extent::File) {
            Ok(statements) => break statements,
            Err(problem) => {
                let is_left = |range: &&Range<usize>| !rest[(*range).clone()].trim().is_empty();
                let mut candidates = chunks.iter().filter(is_left).rev();
                // A bracket that is not closed is noticed only at the end.
                let found = candidates.clone().find(|range| range.start <= problem.at);
                let Some(range) = found.or_else(|| candidates.next_back()).cloned() else {
                    break Vec::new();
                };
                blank(&mut rest, &range);
                left_out.push((range, problem));
            }
        }
    };
    left_out.sort_by_key(|(range, _)| range.start);
    let marks = left_out
        .iter()
        .map(|(range, problem)| mark(source, range, problem));
    let mut all: Vec<Stmt> = translated.into_iter().chain(marks).collect();
    all.sort_by_key(|statement| statement.at);
    let mut text = writer::write(&all);
    text.push('\n');
    TranslatedFile {
        language,
        text,
        problems: left_out.into_iter().map(|(_, problem)| problem).collect(),
        statements: chunks.len(),
    }
}

/// Replaces a range with white space, so that all places stay.
fn blank(text: &mut String, range: &Range<usize>) {
    let spaces: String = text[range.clone()]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(range.clone(), &spaces);
}

/// Returns the comment in the place of a statement that is not translated.
fn mark(source: &str, range: &Range<usize>, problem: &Problem) -> Stmt {
    let (line, column) = problem.position(source);
    let why = &problem.message;
    let text = format!(
        "not translated (line {line}, column {column}): {why}\n{}",
        &source[range.clone()]
    );
    let trailing = false;
    let mut statement = Stmt::new(StmtKind::Comment { text, trailing }, range.start);
    statement.after_gap = source[..range.start].ends_with("\n\n");
    statement
}
