use std::fmt::Write;

use anstyle::Style;

use crate::learn::exercise::context::LearnerContext;
use crate::learn::exercise::verdict::{quiet, solved_sign};
use crate::terminal::Key;

const CHOSEN: Style = Style::new().invert();

/// The list of exercises for choosing one.
pub(super) struct Chooser {
    chosen: usize,
}

/// The effect of a key in the list.
pub(super) enum ListAction {
    Stay,
    Back,
    Go(usize),
}

impl Chooser {
    pub(super) fn at(exercise: usize) -> Self {
        Self { chosen: exercise }
    }

    pub(super) fn key(&mut self, key: Key, count: usize) -> ListAction {
        match key {
            Key::Up | Key::Letter('k') => self.chosen = self.chosen.saturating_sub(1),
            Key::Down | Key::Letter('j') => self.chosen = (self.chosen + 1).min(count - 1),
            Key::Letter('g') => self.chosen = 0,
            Key::Enter | Key::Letter('c') => return ListAction::Go(self.chosen),
            Key::Escape | Key::Letter('l' | 'q') => return ListAction::Back,
            _ => {}
        }
        ListAction::Stay
    }

    /// Returns the list, or the part around the chosen line that fits into `rows`.
    pub(super) fn draw(&self, context: &LearnerContext, current: usize, rows: usize) -> String {
        let exercises = context.course.exercises();
        let room = rows.saturating_sub(5).max(3);
        let first = (self.chosen + 1).saturating_sub(room);
        let mut text = format!(
            "{}\n\n",
            quiet(&format!(
                "{} of {} solved",
                context.solved(),
                exercises.len()
            ))
        );
        let widest = exercises
            .iter()
            .map(|exercise| exercise.title.chars().count());
        let widest = widest.max().unwrap_or(0).min(50);
        for (at, exercise) in exercises.iter().enumerate().skip(first).take(room) {
            let sign = if context.is_solved(at) {
                solved_sign()
            } else if at == current {
                "›".to_owned()
            } else {
                " ".to_owned()
            };
            let label = exercise.label().unwrap_or_default();
            let row = format!(
                " {label:>2}  {:<widest$}  {} ",
                exercise.title, exercise.lecture
            );
            // Two columns are for the sign before it.
            let room = context.page.view().width.saturating_sub(2);
            let row: String = row.chars().take(room).collect();
            let _ = match at == self.chosen {
                true => writeln!(text, "{sign} {CHOSEN}{row}{CHOSEN:#}"),
                false => writeln!(text, "{sign} {row}"),
            };
        }
        let keys = "↑ ↓ or k j move · Enter go there · q back";
        let _ = write!(text, "\n{}", quiet(keys));
        text
    }
}
