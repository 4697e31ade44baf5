//! Progress on stderr: a progress bar on a terminal, otherwise one line per step.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows the steps of a long operation.
pub struct Steps {
    way: Way,
}

enum Way {
    /// `--quiet`.
    Silent,
    /// No terminal: one line per step.
    Lines(Mutex<Box<dyn Write + Send>>),
    /// A terminal.
    Bar(ProgressBar),
}

impl Steps {
    /// Shows nothing.
    pub fn silent() -> Self {
        Self { way: Way::Silent }
    }

    /// Writes each step as a line.
    pub fn lines(errors: Box<dyn Write + Send>) -> Self {
        Self {
            way: Way::Lines(Mutex::new(errors)),
        }
    }

    /// Draws a progress bar on stderr, and clears it at the end.
    pub fn terminal() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self { way: Way::Bar(bar) }
    }

    /// Starts a step: `fetching mongod 6.0.5 (42.2 MB) into …`.
    pub fn step(&self, text: &str) {
        match &self.way {
            Way::Silent => {}
            Way::Lines(errors) => {
                let mut errors = errors.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = writeln!(errors, "{text}");
            }
            Way::Bar(bar) => {
                bar.set_style(style("{spinner} {msg}"));
                bar.set_message(text.to_owned());
                bar.tick();
            }
        }
    }

    /// Reports the progress of the step, in bytes. Only a bar shows it.
    pub fn bytes(&self, done: u64, total: u64) {
        if let Way::Bar(bar) = &self.way {
            bar.set_style(style(
                "{spinner} {msg} [{bar:24}] {bytes} of {total_bytes}, {eta} left",
            ));
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    /// Hides a bar while `write` writes a line.
    pub fn above(&self, write: impl FnOnce()) {
        match &self.way {
            Way::Bar(bar) => bar.suspend(write),
            Way::Lines(_) | Way::Silent => write(),
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        if let Way::Bar(bar) = &self.way {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.finish();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
