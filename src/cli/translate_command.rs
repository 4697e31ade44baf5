//! `seaworthy translate`.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::source_language::SourceLanguage;
use super::streams::Streams;
use super::usage;
use crate::error::{Error, ExitCode, Result};
use crate::render::View;
use crate::translate::{Language, translate_file};

/// Prints a file in our language. What is not translated stands in comments, and makes the exit
/// code 1.
pub(super) fn run(
    file: &Path,
    from: Option<SourceLanguage>,
    view: View,
    mut streams: Streams,
) -> ExitCode {
    let text = match read(file, &mut streams) {
        Ok(text) => text,
        Err(error) => return usage::refuse(&error, view, streams),
    };
    let language = from
        .map(SourceLanguage::language)
        .or_else(|| language_of(file));
    let translated = translate_file(&text, language);
    // A closed output is not an error.
    let _ = streams.out.write_all(translated.text.as_bytes());
    let _ = streams.out.flush();
    if translated.problems.is_empty() {
        return ExitCode::DONE;
    }
    let (failed, all) = (translated.problems.len(), translated.statements);
    let name = translated.language.name();
    let _ = writeln!(
        streams.errors,
        "read as {name}: {failed} of {all} statements are not translated; a comment says why"
    );
    ExitCode::THREW
}

fn read(file: &Path, streams: &mut Streams) -> Result<String> {
    let mut bytes = Vec::new();
    let read = match file.as_os_str() == "-" {
        true => streams.input.read_to_end(&mut bytes).map(drop),
        false => fs::read(file).map(|read| bytes = read),
    };
    let shown = file.display();
    read.map_err(|error| Error::invalid_argument(format!("`{shown}` cannot be read: {error}")))?;
    String::from_utf8(bytes)
        .map_err(|_| Error::invalid_argument(format!("`{shown}` is not valid UTF-8")))
}

fn language_of(file: &Path) -> Option<Language> {
    match file.extension()?.to_str()? {
        "js" | "mongodb" => Some(Language::Mongosh),
        "py" => Some(Language::PyMongo),
        _ => None,
    }
}
