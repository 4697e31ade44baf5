use std::path::{Path, PathBuf};

use super::model::Lesson;
use crate::course::built_in;
use crate::course::by_name::{self, SearchedKind};
use crate::error::Result;
use crate::script::{Source, expand};

const LESSON: SearchedKind = SearchedKind {
    noun: "lesson",
    list: "seaworthy lesson",
};

/// All lessons of a course, sorted by name.
#[derive(Clone, Debug)]
pub struct Library {
    lessons: Vec<Lesson>,
}

impl Library {
    /// Returns the built-in lessons.
    ///
    /// # Errors
    /// Never in a release: a test reads all lessons.
    pub fn built_in() -> Result<Self> {
        let lessons = built_in::LESSONS.iter().map(|(name, text)| {
            let source = Source::code(&format!("{name}.rhai"), text);
            Lesson::read(name, source)
        });
        let lessons = lessons.collect::<Result<_>>()?;
        Ok(Self { lessons })
    }

    /// Reads the lessons in a folder, or in its subfolder `lessons`.
    ///
    /// # Errors
    /// `InvalidArgument` if the folder contains no scripts, or one of them is not a valid lesson.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let inner = folder.join("lessons");
        let files = expand(if inner.is_dir() { &inner } else { folder })?;
        let lessons = files.into_iter().map(|file| read(folder, file));
        let lessons = lessons.collect::<Result<_>>()?;
        Ok(Self { lessons })
    }

    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// Finds a lesson by its number, its name, a part of its name, or its file.
    ///
    /// # Errors
    /// `InvalidArgument` if none or several match.
    pub fn find(&self, wanted: &str) -> Result<&Lesson> {
        let names: Vec<&str> = self.lessons.iter().map(|lesson| &*lesson.name).collect();
        Ok(&self.lessons[by_name::find(wanted, &names, &LESSON)?])
    }
}

fn read(folder: &Path, file: PathBuf) -> Result<Lesson> {
    let name = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Lesson::read(&name, Source::of_course(folder, &file)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::lesson::Step;

    #[test]
    fn every_lesson_is_marked_and_has_questions() {
        let library = Library::built_in().unwrap();
        assert!(!library.lessons().is_empty());
        for lesson in library.lessons() {
            assert!(
                super::super::is_lesson(lesson.source.text()),
                "{}",
                lesson.name
            );
            assert!(lesson.minutes > 5, "{}", lesson.name);
            for step in &lesson.steps {
                let Step::Part {
                    code: Some(code), ..
                } = step
                else {
                    continue;
                };
                for line in code.text.lines() {
                    assert!(line.chars().count() < 74, "{}: {line}", lesson.name);
                }
            }
            assert!(lesson.questions() > 0, "{}", lesson.name);
            assert!(lesson.predictions().count() >= 2, "{}", lesson.name);
        }
    }

    #[test]
    fn a_lesson_is_found_by_number_name_or_title() {
        let library = Library::built_in().unwrap();
        for wanted in [
            "2",
            "02",
            "02_connection_pooling",
            "connection_pooling",
            "conn",
            "pooling",
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
