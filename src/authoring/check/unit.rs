use crate::course::concepts::{Head, defined, is_named};
use crate::course::exercise::{Course, Exercise};
use crate::course::lesson::{Lesson, Library};
use crate::error::Result;
use crate::script::percent::{Cell, CellKind, cells};

/// A lesson, or an exercise with its solution, as far as its concepts are concerned.
pub(super) struct Unit {
    pub file: String,
    pub head: Head,
    /// The functions and variables of its own.
    pub own: Vec<String>,
    /// The code that learners read or write. The check of an exercise is not among it.
    pub code: Vec<Part>,
    pub prose: Vec<Part>,
}

/// The text of a cell.
pub(super) struct Part {
    pub file: String,
    /// The line of its first character in the file.
    pub line: usize,
    pub text: String,
}

impl Unit {
    fn of_lesson(lesson: &Lesson) -> Self {
        let file = format!("lessons/{}.rhai", lesson.name);
        let mut unit = Self::new(file.clone(), lesson.head.clone());
        unit.add(&file, lesson.source.text(), |_| true);
        unit
    }

    fn of_exercise(exercise: &Exercise, solution: Option<&str>) -> Self {
        let file = format!("exercises/{}.rhai", exercise.name);
        let mut unit = Self::new(file.clone(), exercise.head.clone());
        unit.add(&file, exercise.source.text(), |cell| cell.title != "Check");
        if let Some(solution) = solution {
            let file = format!("solutions/{}.rhai", exercise.name);
            unit.add(&file, solution, |_| true);
        }
        unit
    }

    fn new(file: String, head: Head) -> Self {
        Self {
            file,
            head,
            own: Vec::new(),
            code: Vec::new(),
            prose: Vec::new(),
        }
    }

    fn add(&mut self, file: &str, text: &str, is_read: impl Fn(&Cell) -> bool) {
        for cell in cells(text).iter().filter(|cell| is_read(cell)) {
            let first = cell.line + usize::from(cell.has_marker());
            let part = |line: usize, text: String| Part {
                file: file.to_owned(),
                line,
                text,
            };
            match cell.kind {
                CellKind::Code => {
                    self.own.extend(defined(cell.body));
                    self.code.push(part(first, cell.body.to_owned()));
                }
                CellKind::Markdown => {
                    let prose = cell.prose();
                    let (_, rest) = Head::split(&prose);
                    let above = prose[..prose.len() - rest.len()].matches('\n').count();
                    self.prose.push(part(first + above, rest.to_owned()));
                }
            }
        }
    }

    /// Returns whether the text has the concept in back quotes.
    pub(super) fn names(&self, concept: &str) -> bool {
        self.prose.iter().any(|part| is_named(concept, &part.text))
    }
}

/// Returns the lessons of a course in order, each followed by the exercises that practise it.
///
/// # Errors
/// `InvalidArgument` if a solution cannot be read.
pub(super) fn units(course: &Course, library: Option<&Library>) -> Result<Vec<Unit>> {
    let mut units = Vec::new();
    let mut left: Vec<&Exercise> = course.exercises().iter().collect();
    for lesson in library.map_or(&[][..], Library::lessons) {
        units.push(Unit::of_lesson(lesson));
        let (ours, others) = left.iter().partition(|exercise| exercise.practises(lesson));
        left = others;
        let ours: Vec<&Exercise> = ours;
        for exercise in ours {
            units.push(exercise_unit(course, exercise)?);
        }
    }
    for exercise in left {
        units.push(exercise_unit(course, exercise)?);
    }
    Ok(units)
}

fn exercise_unit(course: &Course, exercise: &Exercise) -> Result<Unit> {
    let solution = course.solution(exercise)?;
    let solution = solution.as_ref().map(|solution| &**solution.text());
    Ok(Unit::of_exercise(exercise, solution))
}
