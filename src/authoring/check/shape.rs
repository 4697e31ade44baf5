use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::concepts::concepts;
use super::finding::Finding;
use super::prose::unknown_names;
use super::unit::units;
use crate::course::exercise::{Course, Exercise, is_solution};
use crate::course::lesson::{Lesson, Library, MAX_CHOICES, Question, Step, is_lesson};
use crate::engine::glossary;
use crate::engine::language::read_pages;
use crate::error::Result;
use crate::script::percent::cells;

/// Checks a course without running it: missing parts, stray files, unknown names in the texts, and
/// concepts that are used before they are taught.
///
/// # Errors
/// `InvalidArgument` if a solution or a lesson exists but cannot be read.
pub fn shape(course: &Course) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for exercise in course.exercises() {
        of_exercise(exercise, &mut findings);
        of_solution(course, exercise, &mut findings)?;
    }
    let library = library(course)?;
    let lessons = library.iter().flat_map(Library::lessons);
    lessons.for_each(|lesson| of_lesson(lesson, &mut findings));
    let units = units(course, library.as_ref())?;
    findings.extend(match course.folder() {
        None => concepts(&units, glossary::terms()),
        Some(folder) => {
            let terms = fs::read_to_string(folder.join("glossary.md")).unwrap_or_default();
            concepts(&units, &read_pages(&terms))
        }
    });
    if let Some(folder) = course.folder() {
        stray(folder, course, &mut findings);
    }
    Ok(findings)
}

fn of_exercise(exercise: &Exercise, findings: &mut Vec<Finding>) {
    let file = format!("exercises/{}.rhai", exercise.name);
    let text = exercise.source.text();
    let mut lacks = |message: &str| findings.push(Finding::new(&file, message));
    let (number, _) = exercise.name.split_once('_').unwrap_or_default();
    if number.len() < 2 || exercise.label().is_none() {
        lacks("its name does not begin with a number of two digits: `03_a_pool_of_fifty.rhai`");
    }
    if exercise.title == exercise.name {
        lacks("its story has no heading: `// # A pool of fifty`");
    }
    let check = cells(text).iter().position(|cell| cell.title == "Check");
    let before = cells(text);
    let mut learners = before.iter().take(check.unwrap_or(before.len()));
    if !exercise.passes_as_shipped && !learners.any(|cell| cell.body.contains("// TODO:")) {
        lacks("nothing before its check is marked `// TODO:`");
    }
    if exercise.hints.len() < 2 {
        lacks("it has fewer than two hints: cells that begin with `// %% [markdown] hint`");
    }
    if exercise.hints.iter().any(|hint| hint.trim().is_empty()) {
        lacks("one of its hints is empty");
    }
    if !exercise.passes_as_shipped && exercise.shipped_message.is_none() {
        lacks("its story does not quote (`// > …`) the message that it fails with as shipped");
    }
    findings.extend(unknown_names(&file, text, ""));
}

fn of_solution(course: &Course, exercise: &Exercise, findings: &mut Vec<Finding>) -> Result<()> {
    let file = format!("solutions/{}.rhai", exercise.name);
    let Some(solution) = course.solution(exercise)? else {
        findings.push(Finding::new(file, "the exercise has no solution"));
        return Ok(());
    };
    let text = solution.text();
    if !is_solution(text) {
        findings.push(Finding::new(
            &file,
            "a solution must begin with `// %% [markdown] solution` and an explanation",
        ));
    }
    if let Some(check) = cells(text).iter().find(|cell| cell.title == "Check") {
        let message = "a solution must not contain a check: the exercise's check is run";
        findings.push(Finding::new(&file, message).at(check.line));
    }
    findings.extend(unknown_names(&file, text, exercise.source.text()));
    Ok(())
}

/// Returns the lessons of the course, if it has some.
///
/// # Errors
/// `InvalidArgument` if one of them is not a valid lesson.
pub fn library(course: &Course) -> Result<Option<Library>> {
    match course.folder() {
        None => Library::built_in().map(Some),
        Some(folder) if folder.join("lessons").is_dir() => Library::in_folder(folder).map(Some),
        Some(_) => Ok(None),
    }
}

fn of_lesson(lesson: &Lesson, findings: &mut Vec<Finding>) {
    let file = format!("lessons/{}.rhai", lesson.name);
    let text = lesson.source.text();
    if !is_lesson(text) {
        findings.push(Finding::new(
            &file,
            "a lesson must begin with `// %% [markdown] lesson`",
        ));
    }
    if let Some(position) = always_right(lesson) {
        let message = format!(
            "choice {position} is a right answer of every question: change the order of some choices"
        );
        findings.push(Finding::new(&file, message));
    }
    findings.extend(unknown_names(&file, text, ""));
}

/// Returns the position, from 1, that has a right choice in each of four or more questions.
fn always_right(lesson: &Lesson) -> Option<usize> {
    let questions: Vec<_> = lesson
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Question(question) => Some(question),
            Step::Part { .. } => None,
        })
        .collect();
    if questions.len() < 4 {
        return None;
    }
    let is_right = |question: &Question, at: usize| {
        let choice = question.choices.get(at);
        choice.is_some_and(|choice| choice.is_right)
    };
    (0..MAX_CHOICES)
        .find(|&at| questions.iter().all(|question| is_right(question, at)))
        .map(|at| at + 1)
}

/// Finds stray files, and links to files outside the course.
fn stray(folder: &Path, course: &Course, findings: &mut Vec<Finding>) {
    let names: BTreeSet<String> = course
        .exercises()
        .iter()
        .map(|exercise| format!("{}.rhai", exercise.name))
        .collect();
    for part in ["lessons", "exercises", "solutions"] {
        let mut entries: Vec<_> = fs::read_dir(folder.join(part))
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let file = format!("{part}/{name}");
            let path = entry.path();
            // A broken link counts, too: a confined process cannot resolve a link that leads out.
            let leads_out = path
                .canonicalize()
                .map_or(path.is_symlink(), |real| !real.starts_with(folder));
            if leads_out {
                findings.push(Finding::new(
                    &file,
                    "it is a link to a file outside the course",
                ));
            } else if path.is_dir() {
                // Modules for scripts to import.
            } else if part == "solutions" && name.ends_with(".rhai") && !names.contains(&name) {
                findings.push(Finding::new(&file, "the solution has no exercise"));
            } else if !name.ends_with(".rhai") && !name.ends_with(".snap") {
                findings.push(Finding::new(&file, "it is neither a script nor a snapshot"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Source;

    /// Returns the position for a lesson whose questions have these right choices, from 1.
    fn found(right: &[usize]) -> Option<usize> {
        let mut text = "// %% [markdown] lesson\n// # 1. Boats\n".to_owned();
        for right in right {
            text += "// %% [markdown] question\n// Which?\n//\n";
            for at in 1..=3 {
                let tick = if at == *right { 'x' } else { ' ' };
                text += &format!("// - [{tick}] choice {at}\n//   > Why.\n");
            }
        }
        always_right(&Lesson::read("01_boats", Source::code("boats.rhai", &text)).unwrap())
    }

    #[test]
    fn a_position_that_is_always_right_is_found() {
        assert_eq!(found(&[2, 2, 2, 2]), Some(2));
        assert_eq!(found(&[2, 2, 3, 2]), None);
        assert_eq!(found(&[1, 1, 1]), None, "three may be chance");
    }
}
