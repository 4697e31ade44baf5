use std::io;
use std::sync::atomic::Ordering;

use super::player::Player;
use crate::course::lesson::{CodeCell, Step};
use crate::diagnose::explain;
use crate::script::LastValue;

impl Player<'_> {
    /// Runs the earlier steps again without output, to restore their variables.
    pub(super) fn catch_up(&mut self) -> io::Result<()> {
        let earlier: Vec<(usize, &CodeCell)> = self
            .place
            .ran
            .iter()
            .filter(|step| **step < self.place.next)
            .filter_map(|step| match self.lesson.steps.get(*step) {
                Some(Step::Part { code, .. }) => Some((*step, code.as_ref()?)),
                _ => None,
            })
            .collect();
        if self.place.next == 0 {
            return Ok(());
        }
        self.page.remark(&format!(
            "Continuing “{}”; `--restart` starts from the beginning.",
            self.lesson.title
        ))?;
        if earlier.is_empty() {
            return Ok(());
        }
        self.page.remark(match earlier.len() {
            1 => "Running the earlier step again without output, to restore its variables …".to_owned(),
            count => format!("Running the {count} earlier steps again without output, to restore their variables …"),
        }.as_str())?;
        self.output.muted.store(true, Ordering::Relaxed);
        for (at, code) in earlier {
            let text = self.code_of(at, code);
            let source = &self.lesson.source;
            let outcome = self
                .stage
                .step(source, &text, code.line, LastValue::Dropped);
            if let Some(failure) = &outcome.failure {
                self.page.report(&explain(failure));
                self.page.remark("That step failed this time. Later steps may miss its variables. `--restart` starts from the beginning.")?;
            }
            if self.left(&outcome).is_some() {
                break;
            }
        }
        self.output.muted.store(false, Ordering::Relaxed);
        Ok(())
    }
}
