use std::fmt::Write;

use crate::course::exercise::LearnerFolder;
use crate::learn::exercise::context::LearnerContext;
use crate::learn::exercise::verdict::{quiet, solved_sign, unsolved_sign};
use crate::render::wrapped;

/// Runs all started exercises one after the other.
pub(super) struct FullCheck {
    /// The exercises not run yet, in reverse order.
    waiting: Vec<usize>,
    /// The number of exercises to run.
    count: usize,
    results: Vec<(usize, Result<(), String>)>,
}

impl FullCheck {
    /// Collects the exercises that have a file.
    pub(super) fn new(context: &LearnerContext, learner_folder: &LearnerFolder) -> Self {
        let exercises = context.course.exercises().iter().enumerate().rev();
        let waiting: Vec<usize> = exercises
            .filter(|(_, exercise)| learner_folder.file(exercise).exists())
            .map(|(at, _)| at)
            .collect();
        Self {
            count: waiting.len(),
            waiting,
            results: Vec::new(),
        }
    }

    /// Returns the next exercise to run, or `None` at the end.
    pub(super) fn next(&mut self) -> Option<usize> {
        self.waiting.pop()
    }

    /// Adds a result: solved, or what is still wrong.
    pub(super) fn add(&mut self, at: usize, result: Result<(), String>) {
        self.results.push((at, result));
    }

    pub(super) fn draw(&self, context: &LearnerContext) -> String {
        let done = self.results.len();
        let is_over = done == self.count;
        let head = match is_over {
            true => "checked".to_owned(),
            false => format!("checking {} of {} …", done + 1, self.count),
        };
        let mut text = format!("{}\n\n", quiet(&head));
        for (at, result) in &self.results {
            let exercise = context.exercise(*at);
            let (sign, why) = match result {
                Ok(()) => (solved_sign(), String::new()),
                Err(why) => {
                    let lines = wrapped(why, context.page.width().saturating_sub(7));
                    let lines = lines.iter().map(|line| format!("\n       {}", quiet(line)));
                    (unsolved_sign(), lines.collect())
                }
            };
            let number = context.short_name(*at);
            let _ = writeln!(text, "{sign} {number:>3}  {}{why}", exercise.title);
        }
        if is_over {
            let solved = self.results.iter().filter(|(_, result)| result.is_ok());
            let not_begun = match context.course.exercises().len() - self.count {
                0 => String::new(),
                1 => ", 1 is not started".to_owned(),
                rest => format!(", {rest} are not started"),
            };
            let _ = writeln!(text, "\n{} of {done} solved{not_begun}", solved.count());
        }
        let _ = write!(text, "\n{}", quiet("press any key to go back"));
        text
    }
}
