use std::path::{Path, PathBuf};

use super::model::Exercise;
use super::model::is_check;
use crate::error::{Error, Place, Result};
use crate::script::Source;
use crate::script::percent::cells;

/// The functions a check uses to fail. An answer must not replace them.
const CHECK_FUNCTIONS: [&str; 5] = [
    "assert",
    "assert_eq",
    "assert_throws",
    "eventually",
    "expect_events",
];

/// An answer followed by the exercise's own check, as one script.
#[derive(Clone, Debug)]
pub struct Composed {
    /// Line numbers in the answer are those of its file.
    pub source: Source,
    /// The first line of the check, from 1.
    pub check_line: usize,
    /// Whether the answer contained a different check, which is ignored.
    pub check_was_changed: bool,
}

impl Exercise {
    /// Appends this exercise's check to `answer`: a learner's file, a solution or the exercise.
    ///
    /// # Errors
    /// `InvalidArgument` if the answer redefines a function that the check uses.
    pub fn compose(&self, answer: &Source) -> Result<Composed> {
        let text = answer.text();
        let cells = cells(text);
        let own_check = cells.iter().find(|cell| is_check(cell));
        let before = cells.iter().take_while(|cell| !is_check(cell));
        let mut part: String = before.map(|cell| cell.raw).collect();
        if !part.ends_with('\n') {
            part.push('\n');
        }
        if let Some((line, name)) = redefined(&part) {
            return Err(Error::invalid_argument(format!(
                "the exercise's check calls `{name}`, but this file defines a function of that name"
            ))
            .hint("give your function another name")
            .at(Place {
                source: Some(answer.name().to_owned()),
                line,
                column: 1,
            }));
        }
        let check_was_changed =
            own_check.is_some_and(|cell| cell.raw.trim_end() != self.check.trim_end());
        Ok(Composed {
            check_line: part.lines().count() + 1,
            source: answer.with_text(&format!("{part}{}", self.check)),
            check_was_changed,
        })
    }
}

/// Returns the first redefinition of a check function, with its line.
fn redefined(part: &str) -> Option<(usize, &str)> {
    part.lines().enumerate().find_map(|(index, line)| {
        let definition = line.trim_start();
        let definition = definition.strip_prefix("private ").unwrap_or(definition);
        let name = definition.trim_start().strip_prefix("fn ")?;
        let name = name.split('(').next()?.trim();
        CHECK_FUNCTIONS.contains(&name).then_some((index + 1, name))
    })
}

/// Returns the exercise of a solution: the file of the same name in the sibling folder `exercises`.
///
/// # Errors
/// `InvalidArgument` if the file does not exist or is not an exercise.
pub fn solution_of(solution: &Source) -> Result<Exercise> {
    let name = solution.name();
    let Some(file) = solution.path().and_then(exercise_file) else {
        return Err(
            Error::invalid_argument(format!("`{name}` is a solution without an exercise"))
                .hint("a solution belongs in `solutions/`, next to the folder `exercises/`"),
        );
    };
    if !file.is_file() {
        let file = file.display();
        return Err(Error::invalid_argument(format!(
            "`{name}` is a solution, but its exercise `{file}` does not exist"
        ))
        .hint("a solution is checked by the exercise of the same name"));
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let folder = file.parent().unwrap_or(Path::new("/"));
    Exercise::read(&stem, Source::of_course(folder, &file)?)
}

fn exercise_file(solution: &std::path::Path) -> Option<PathBuf> {
    let solutions = solution.parent()?;
    // The paths `x.rhai` and `../x.rhai` do not contain their folder's name.
    let course = match solutions.file_name() {
        Some(_) => solutions.parent()?.to_owned(),
        None => solutions.join(".."),
    };
    Some(course.join("exercises").join(solution.file_name()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// %% [markdown] exercise lecture=\"A\"\n// # T\n// %% Your part\nlet x = 1;\n// %% [markdown] hint\n// one\n\n// %% Check\nassert(x == 2);\n";

    fn exercise() -> Exercise {
        Exercise::read("x", Source::code("x.rhai", TEXT)).unwrap()
    }

    #[test]
    fn an_unchanged_copy_composes_to_the_same_text() {
        let exercise = exercise();
        let shipped = exercise.compose(&exercise.source).unwrap();
        assert_eq!((&**shipped.source.text(), shipped.check_line), (TEXT, 8));
        let copy = exercise.learner_copy(true);
        let composed = exercise.compose(&Source::code("mine.rhai", &copy)).unwrap();
        assert_eq!(&**composed.source.text(), copy);
        assert_eq!(
            (composed.check_line, composed.check_was_changed),
            (5, false)
        );
    }

    #[test]
    fn the_check_always_comes_from_the_exercise() {
        let exercise = exercise();
        let easier = "let x = 1;\n// %% Check\nassert(true);\n// %% Mine\nlet y = 2;\n";
        let composed = exercise
            .compose(&Source::code("mine.rhai", easier))
            .unwrap();
        assert!(composed.check_was_changed);
        assert_eq!(
            &**composed.source.text(),
            "let x = 1;\n// %% Check\nassert(x == 2);\n"
        );
        let without = exercise
            .compose(&Source::code("mine.rhai", "let x = 2;"))
            .unwrap();
        assert!(!without.check_was_changed);
        assert_eq!(
            &**without.source.text(),
            "let x = 2;\n// %% Check\nassert(x == 2);\n"
        );
        let silent = Source::code("mine.rhai", "let x = 1;\n  fn assert (a) {}\n");
        let error = exercise.compose(&silent).unwrap_err();
        assert_eq!(error.place().unwrap().line, 2);
    }
}
