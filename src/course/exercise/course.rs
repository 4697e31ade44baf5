use std::path::{Path, PathBuf};

use super::language::Language;
use super::model::Exercise;
use crate::course::built_in;
use crate::course::by_name::{self, SearchedKind};
use crate::error::{Error, Result};
use crate::script::{Source, expand};

const EXERCISE: SearchedKind = SearchedKind {
    noun: "exercise",
    list: "seaworthy exercises",
};

/// A course's exercises: the built-in course, or a folder.
#[derive(Clone, Debug)]
pub struct Course {
    /// `None`: the built-in course.
    folder: Option<PathBuf>,
    exercises: Vec<Exercise>,
}

impl Course {
    /// Returns the built-in course.
    ///
    /// # Errors
    /// Never in a release: a test reads all its exercises.
    pub fn built_in() -> Result<Self> {
        let exercises = built_in::EXERCISES.iter().map(|(name, text)| {
            let source = Source::code(&format!("exercises/{name}.rhai"), text);
            Exercise::read(name, source)
        });
        Ok(Self {
            folder: None,
            exercises: exercises.collect::<Result<_>>()?,
        })
    }

    /// Reads the course in a folder: exercises from `exercises`, solutions from `solutions`.
    ///
    /// # Errors
    /// `InvalidArgument` if there are no exercises or one of them is invalid.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let inner = folder.join("exercises");
        if !inner.is_dir() {
            let shown = folder.display();
            return Err(
                Error::invalid_argument(format!("`{shown}` contains no exercises"))
                    .hint("a course keeps its exercises in the folder `exercises`"),
            );
        }
        let exercises = expand(&inner)?.into_iter().map(|file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            Exercise::read(&name, Source::of_course(folder, &file)?)
        });
        Ok(Self {
            exercises: exercises.collect::<Result<_>>()?,
            folder: Some(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())),
        })
    }

    /// Returns its folder, or `None` for the built-in course.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Returns its id in the progress file: `seaworthy`, or its folder.
    pub fn id(&self) -> String {
        Self::id_of(self.folder())
    }

    /// Returns the id of the course in a folder, given by its canonical path.
    pub fn id_of(folder: Option<&Path>) -> String {
        folder.map_or_else(
            || "seaworthy".to_owned(),
            |folder| folder.display().to_string(),
        )
    }

    /// Returns the exercises, sorted by name.
    pub fn exercises(&self) -> &[Exercise] {
        &self.exercises
    }

    /// Finds an exercise by its number, its name, a part of its name, or its file.
    ///
    /// # Errors
    /// `InvalidArgument` if none or several match.
    pub fn find(&self, wanted: &str) -> Result<&Exercise> {
        Ok(&self.exercises[self.position(wanted)?])
    }

    /// Returns the index in [`exercises`](Self::exercises) of the exercise that `wanted` means.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn position(&self, wanted: &str) -> Result<usize> {
        let names: Vec<&str> = self
            .exercises
            .iter()
            .map(|exercise| &*exercise.name)
            .collect();
        by_name::find(wanted, &names, &EXERCISE)
    }

    /// Returns the lectures in order of appearance, each with its exercises.
    pub fn lectures(&self) -> Vec<(&str, Vec<&Exercise>)> {
        let mut lectures: Vec<(&str, Vec<&Exercise>)> = Vec::new();
        for exercise in &self.exercises {
            match lectures
                .iter_mut()
                .find(|(name, _)| *name == exercise.lecture)
            {
                Some((_, exercises)) => exercises.push(exercise),
                None => lectures.push((&exercise.lecture, vec![exercise])),
            }
        }
        lectures
    }

    /// Returns the solution of an exercise, if the course has one.
    ///
    /// # Errors
    /// `InvalidArgument` if its file cannot be read.
    pub fn solution(&self, exercise: &Exercise) -> Result<Option<Source>> {
        let name = &exercise.name;
        let Some(folder) = &self.folder else {
            let mut solutions = built_in::SOLUTIONS.iter();
            return Ok(solutions
                .find(|(solution, _)| solution == name)
                .map(|(_, text)| Source::code(&format!("solutions/{name}.rhai"), text)));
        };
        let file = folder.join("solutions").join(format!("{name}.rhai"));
        if file.exists() {
            Source::of_course(folder, &file).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl Course {
    /// Returns the solution of an exercise in another language, if the course has one.
    pub fn translated(&self, exercise: &Exercise, language: Language) -> Option<String> {
        let name = &exercise.name;
        let Some(folder) = &self.folder else {
            let solutions = match language {
                Language::Pymongo => built_in::SOLUTIONS_PYMONGO,
                Language::Node => built_in::SOLUTIONS_NODE,
            };
            let mut solutions = solutions.iter();
            let found = solutions.find(|(solution, _)| solution == name);
            return found.map(|(_, text)| (*text).to_owned());
        };
        let file = format!("{name}.{}", language.ending());
        let folder = folder.join("solutions").join(language.folder());
        std::fs::read_to_string(folder.join(file)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_exercise_can_be_read() {
        let course = Course::built_in().unwrap();
        for exercise in course.exercises() {
            assert!(exercise.label().is_some(), "{}", exercise.name);
        }
    }
}
