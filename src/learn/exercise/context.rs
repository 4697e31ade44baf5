use std::path::{Path, PathBuf};

use super::options::{ExerciseOptions, Work};
use crate::course::exercise::{Course, Exercise, ExerciseProgress, SavedProgress};
use crate::diagnose::explain_usage;
use crate::error::{Error, Result};
use crate::learn::Host;
use crate::learn::course_screen::CourseScreen;
use crate::render::Format;

/// The state for all commands about exercises.
pub struct LearnerContext {
    pub host: Box<dyn Host>,
    /// `--dir`.
    pub dir: Option<PathBuf>,
    /// `--with-check`.
    pub with_check: bool,
    /// Whether the program can ask questions.
    pub is_terminal: bool,
    pub commands: CourseCommands,
    pub page: CourseScreen,
    pub course: Course,
    pub progress: ExerciseProgress,
    /// Whether warnings are drawn on the watch screen instead of stderr.
    pub has_screen: bool,
    /// The reason why progress could not be saved the last time.
    pub warning: Option<String>,
}

impl LearnerContext {
    /// Returns the exercise that the options name, or else the current one.
    ///
    /// To run or watch, takes the next exercise if the current one is solved.
    ///
    /// # Errors
    /// `InvalidArgument` if none or several match.
    pub fn at(&self, options: &ExerciseOptions) -> Result<usize> {
        if self.course.exercises().is_empty() {
            return Err(Error::invalid_argument("this course has no exercises"));
        }
        if let Some(name) = &options.name {
            return self.course.position(name);
        }
        let current = self.progress.kept().current.as_deref();
        let current = self
            .course
            .exercises()
            .iter()
            .position(|exercise| Some(exercise.name.as_str()) == current);
        let first = || (0..self.course.exercises().len()).find(|at| !self.is_solved(*at));
        let Some(current) = current else {
            // If all are solved, start with the first.
            return Ok(first().unwrap_or(0));
        };
        let goes_on = matches!(options.work, Work::Run { .. } | Work::Watch);
        if goes_on && self.is_solved(current) {
            return Ok(self.next_after(current).unwrap_or(current));
        }
        Ok(current)
    }

    /// Returns whether the output is JSON, without questions and advice.
    pub fn is_for_programs(&self) -> bool {
        self.page.view().format == Format::Json
    }

    pub fn exercise(&self, at: usize) -> &Exercise {
        &self.course.exercises()[at]
    }

    pub fn is_solved(&self, at: usize) -> bool {
        self.progress.standing(&self.exercise(at).name).solved
    }

    pub fn solved(&self) -> usize {
        let all = 0..self.course.exercises().len();
        all.filter(|at| self.is_solved(*at)).count()
    }

    /// Returns the next exercise that is not solved, continuing with the first after the last.
    pub fn next_after(&self, at: usize) -> Option<usize> {
        let count = self.course.exercises().len();
        (1..count)
            .map(|step| (at + step) % count)
            .find(|next| !self.is_solved(*next))
    }

    /// Saves progress. An error is only a warning.
    pub fn keep(&mut self, change: impl Fn(&mut SavedProgress)) {
        self.warning = None;
        match self.progress.change(change) {
            Ok(()) => {}
            Err(error) if self.has_screen => {
                let hint = error.hint_text().unwrap_or_default();
                self.warning = Some(format!("{}; {hint}", error.message()));
            }
            Err(error) => self.page.report(&explain_usage(&error)),
        }
    }

    /// Returns the command `words` for an exercise, without its name if it is the current one.
    pub fn about(&self, at: usize, words: &str) -> String {
        let is_current = self.progress.kept().current.as_ref() == Some(&self.exercise(at).name);
        if is_current {
            return self.commands.exercise(words);
        }
        let name = self.short_name(at);
        self.commands.exercise(&format!("{words} {name}"))
    }

    /// Returns the exercise's number, or its name if it has no number.
    pub fn short_name(&self, at: usize) -> String {
        let exercise = self.exercise(at);
        exercise.label().unwrap_or_else(|| exercise.name.clone())
    }
}

/// Builds command lines for the learner, with `--course` for other courses.
pub struct CourseCommands {
    course: String,
}

impl CourseCommands {
    pub fn of(course: Option<&Path>, trust: bool) -> Self {
        let mut course = course.map_or(String::new(), |folder| {
            let folder = folder.display().to_string();
            if folder
                .contains(|letter: char| letter.is_whitespace() || "'\"$&;()*?`\\".contains(letter))
            {
                format!(" --course '{}'", folder.replace('\'', "'\\''"))
            } else {
                format!(" --course {folder}")
            }
        });
        if trust {
            course.push_str(" --trust");
        }
        Self { course }
    }

    /// Returns a command such as `seaworthy exercise hint`.
    pub fn exercise(&self, words: &str) -> String {
        let space = if words.is_empty() { "" } else { " " };
        format!("seaworthy exercise{space}{words}{}", self.course)
    }
}

#[cfg(test)]
mod tests {
    use super::CourseCommands;
    use std::path::Path;

    #[test]
    fn commands_can_be_pasted() {
        assert_eq!(
            CourseCommands::of(None, false).exercise(""),
            "seaworthy exercise"
        );
        let of = |folder| CourseCommands::of(Some(Path::new(folder)), false).exercise("hint");
        assert_eq!(
            of("my/course"),
            "seaworthy exercise hint --course my/course"
        );
        assert_eq!(of("it's"), "seaworthy exercise hint --course 'it'\\''s'");
    }
}
