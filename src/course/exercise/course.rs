use std::path::{Path, PathBuf};

use super::model::Exercise;
use crate::course::built_in;
use crate::course::by_name::{self, Called};
use crate::error::{Error, Result};
use crate::script::{Source, expand};

const CALLED: Called = Called {
    noun: "exercise",
    list: "seaworthy exercises",
};

/// Exercises that belong together: ours, or a folder of somebody's.
#[derive(Clone, Debug)]
pub struct Course {
    /// None: the course in the program itself.
    folder: Option<PathBuf>,
    exercises: Vec<Exercise>,
}

impl Course {
    /// The course in the program itself: it needs no folder.
    ///
    /// # Errors
    /// None that a released program has: a test reads them all.
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

    /// The course in a folder: its exercises lie in `exercises`, their solutions in `solutions`.
    ///
    /// # Errors
    /// `InvalidArgument` where there are no exercises, or one of them cannot be read.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let inner = folder.join("exercises");
        if !inner.is_dir() {
            let shown = folder.display();
            return Err(
                Error::invalid_argument(format!("`{shown}` holds no exercises"))
                    .hint("a course has them in a folder `exercises` of its own"),
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

    /// Where it comes from; none for ours.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What it is called where progress is kept: `seaworthy`, or its folder.
    pub fn id(&self) -> String {
        Self::id_of(self.folder())
    }

    /// The same for the course in that folder, given by its real path.
    pub fn id_of(folder: Option<&Path>) -> String {
        folder.map_or_else(
            || "seaworthy".to_owned(),
            |folder| folder.display().to_string(),
        )
    }

    /// In the order of their names.
    pub fn exercises(&self) -> &[Exercise] {
        &self.exercises
    }

    /// The exercise that `wanted` means: its number, its name, a part of its name, or its file.
    ///
    /// # Errors
    /// `InvalidArgument` where that is none of them, or more than one.
    pub fn find(&self, wanted: &str) -> Result<&Exercise> {
        Ok(&self.exercises[self.position(wanted)?])
    }

    /// Where in [`exercises`](Self::exercises) the one is that `wanted` means.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub fn position(&self, wanted: &str) -> Result<usize> {
        let names: Vec<&str> = self
            .exercises
            .iter()
            .map(|exercise| &*exercise.name)
            .collect();
        by_name::find(wanted, &names, &CALLED)
    }

    /// The lectures in the order in which they first appear, each with its exercises.
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

    /// The solution of an exercise, if the course has one.
    ///
    /// # Errors
    /// `InvalidArgument` where its file cannot be read.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_exercise_can_be_read() {
        let course = Course::built_in().unwrap();
        for exercise in course.exercises() {
            assert!(exercise.number().is_some(), "{}", exercise.name);
        }
    }
}
