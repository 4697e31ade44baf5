use std::path::{Path, PathBuf};

use super::Lesson;
use crate::error::{Error, Result};
use crate::script::{Source, expand};

// The lessons of `scripts/lessons`, by name; the build script lists them.
include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// Every lesson there is to play, in the order of their names.
#[derive(Clone, Debug)]
pub struct Library {
    lessons: Vec<Lesson>,
}

impl Library {
    /// The lessons in the program itself: they need no folder.
    ///
    /// # Errors
    /// None that a released program has: a test reads them all.
    pub fn built_in() -> Result<Self> {
        let lessons = BUILT_IN.iter().map(|(name, text)| {
            let source = Source::code(&format!("{name}.rhai"), text);
            Lesson::read(name, source)
        });
        let lessons = lessons.collect::<Result<_>>()?;
        Ok(Self { lessons })
    }

    /// The lessons in a folder, or in its folder `lessons`.
    ///
    /// # Errors
    /// `InvalidArgument` where the folder holds no scripts, or one of them is no lesson that can be read.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let inner = folder.join("lessons");
        let files = expand(if inner.is_dir() { &inner } else { folder })?;
        let lessons = files.into_iter().map(read).collect::<Result<_>>()?;
        Ok(Self { lessons })
    }

    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// The lesson that `wanted` means: its number, its name, the beginning of its name, or its file.
    ///
    /// # Errors
    /// `InvalidArgument` where that is none of them, or more than one.
    pub fn find(&self, wanted: &str) -> Result<&Lesson> {
        let folded = fold(wanted);
        let exact = |lesson: &&Lesson| {
            fold(&lesson.name) == folded
                || fold(subject(&lesson.name)) == folded
                || wanted
                    .parse()
                    .is_ok_and(|number| lesson.number() == Some(number))
        };
        if let Some(lesson) = self.lessons.iter().find(exact) {
            return Ok(lesson);
        }
        let begins = |lesson: &&Lesson| {
            !folded.is_empty()
                && (fold(&lesson.name).starts_with(&folded)
                    || fold(subject(&lesson.name)).starts_with(&folded))
        };
        let found: Vec<&Lesson> = self.lessons.iter().filter(begins).collect();
        match found.as_slice() {
            [lesson] => Ok(lesson),
            [] => Err(self.missing(wanted, &folded)),
            several => Err(ambiguous(wanted, several)),
        }
    }

    fn missing(&self, wanted: &str, folded: &str) -> Error {
        let error = Error::invalid_argument(format!("there is no lesson `{wanted}`"));
        let subjects = self.lessons.iter().map(|lesson| subject(&lesson.name));
        match nearest(folded, subjects) {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error.hint("`seaworthy lesson` lists the lessons"),
        }
    }
}

fn read(file: PathBuf) -> Result<Lesson> {
    let name = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Lesson::read(&name, Source::file(&file)?)
}

/// The name without its number: `connection_pooling`.
pub fn subject(name: &str) -> &str {
    match name.split_once('_') {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
        _ => name,
    }
}

/// `Connection Pooling`, `connection-pooling` and `connection_pooling.rhai` are the same.
fn fold(name: &str) -> String {
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    name.to_lowercase().replace([' ', '-'], "_")
}

/// The subject that was probably meant: `conection` is nearly a word of `connection_pooling`.
fn nearest<'a>(folded: &str, subjects: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = folded.chars().count();
    subjects
        .flat_map(|subject| {
            let words = subject.split('_').filter(|word| word.len() > 3);
            words.chain([subject]).map(move |word| (word, subject))
        })
        .map(|(word, subject)| (strsim::damerau_levenshtein(word, folded), subject))
        .filter(|(distance, _)| *distance <= length / 3)
        .min()
        .map(|(_, subject)| subject)
}

fn ambiguous(wanted: &str, several: &[&Lesson]) -> Error {
    let names: Vec<String> = several
        .iter()
        .map(|lesson| format!("`{}`", lesson.name))
        .collect();
    Error::invalid_argument(format!("`{wanted}` could be {}", names.join(" or ")))
        .hint("write more of the name, or its number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_is_marked_and_asks_at_its_end() {
        let library = Library::built_in().unwrap();
        assert!(!library.lessons().is_empty());
        for lesson in library.lessons() {
            assert!(
                super::super::is_lesson(lesson.source.text()),
                "{}",
                lesson.name
            );
            assert!(lesson.minutes.is_some(), "{}", lesson.name);
            assert!(lesson.questions() > 0, "{}", lesson.name);
        }
    }

    #[test]
    fn a_lesson_is_found_by_whatever_people_call_it() {
        let library = Library::built_in().unwrap();
        for wanted in [
            "2",
            "02",
            "02_connection_pooling",
            "connection_pooling",
            "conn",
            "Connection Pooling",
            "connection_pooling.rhai",
        ] {
            assert_eq!(
                library.find(wanted).unwrap().name,
                "02_connection_pooling",
                "{wanted}"
            );
        }
        let hint = |wanted| {
            library
                .find(wanted)
                .unwrap_err()
                .hint_text()
                .unwrap()
                .to_owned()
        };
        assert_eq!(hint("conection"), "did you mean `connection_pooling`?");
        assert_eq!(hint("zebra"), "`seaworthy lesson` lists the lessons");
        assert!(library.find("").is_err());
    }
}
