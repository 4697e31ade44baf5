use std::fmt::Write;

use super::super::bench::Bench;
use super::super::verdict::{quiet, solved_sign, unsolved_sign};
use crate::course::exercise::Desk;

/// Every exercise that the learner has begun, run one after the other.
pub struct Round {
    /// Which are still to be run.
    waiting: Vec<usize>,
    results: Vec<(usize, Result<(), String>)>,
}

impl Round {
    /// The exercises that have a file, the first one last.
    pub fn new(bench: &Bench, desk: &Desk) -> Self {
        let exercises = bench.course.exercises().iter().enumerate().rev();
        let waiting = exercises
            .filter(|(_, exercise)| desk.file(exercise).exists())
            .map(|(at, _)| at)
            .collect();
        Self {
            waiting,
            results: Vec::new(),
        }
    }

    /// The next one to run; none when the round is over.
    pub fn next(&mut self) -> Option<usize> {
        self.waiting.pop()
    }

    /// What became of one: solved, or what is still wrong.
    pub fn add(&mut self, at: usize, result: Result<(), String>) {
        self.results.push((at, result));
    }

    pub fn draw(&self, bench: &Bench, running: Option<usize>) -> String {
        let all = self.results.len() + self.waiting.len() + usize::from(running.is_some());
        let mut text = match running {
            Some(_) => format!(
                "{}\n\n",
                quiet(&format!("checking {} of {all} …", self.results.len() + 1))
            ),
            None => format!("{}\n\n", quiet("checked")),
        };
        for (at, result) in &self.results {
            let exercise = bench.exercise(*at);
            let (sign, why) = match result {
                Ok(()) => (solved_sign(), String::new()),
                Err(why) => (unsolved_sign(), format!("\n       {}", quiet(why))),
            };
            let number = bench.short_name(*at);
            let _ = writeln!(text, "{sign} {number:>3}  {}{why}", exercise.title);
        }
        let begun = self.results.len();
        let solved = self.results.iter().filter(|(_, result)| result.is_ok());
        let rest = bench.course.exercises().len() - all;
        if running.is_none() {
            let not_begun = match rest {
                0 => String::new(),
                1 => ", 1 is not begun".to_owned(),
                rest => format!(", {rest} are not begun"),
            };
            let _ = writeln!(text, "\n{} of {begun} solved{not_begun}", solved.count());
        }
        let _ = write!(text, "\n{}", quiet("any key goes back"));
        text
    }
}
