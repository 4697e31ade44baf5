use std::fmt::Write;

use crate::course::exercise::LearnerFolder;
use crate::learn::exercise::context::LearnerContext;
use crate::learn::exercise::verdict::{quiet, solved_sign, unsolved_sign, wrapped};

/// Every exercise that the learner has begun, run one after the other.
pub(super) struct Round {
    /// Which are still to be run.
    waiting: Vec<usize>,
    /// How many there are in all.
    count: usize,
    results: Vec<(usize, Result<(), String>)>,
}

impl Round {
    /// The exercises that have a file, the first one last.
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

    /// The next one to run; none when the round is over.
    pub(super) fn next(&mut self) -> Option<usize> {
        self.waiting.pop()
    }

    /// What became of one: solved, or what is still wrong.
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
                1 => ", 1 is not begun".to_owned(),
                rest => format!(", {rest} are not begun"),
            };
            let _ = writeln!(text, "\n{} of {done} solved{not_begun}", solved.count());
        }
        let _ = write!(text, "\n{}", quiet("any key goes back"));
        text
    }
}
