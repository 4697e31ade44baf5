//! Progress on the error stream: a bar for a person at a terminal, one plain line a step for everybody else.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows the steps of something that takes a while.
pub struct Steps {
    way: Way,
}

enum Way {
    /// `--quiet`.
    Silent,
    /// No terminal: the steps alone, without bars.
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

    /// Draws on the terminal of the error stream, and takes it all away at the end.
    pub fn terminal() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self { way: Way::Bar(bar) }
    }

    /// A new step begins: `fetching mongod 6.0.5 (42.2 MB) into …`.
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

    /// Part of the step is done, in bytes. Lines leave it out.
    pub fn bytes(&self, done: u64, total: u64) {
        if let Way::Bar(bar) = &self.way {
            bar.set_style(style(
                "{spinner} {msg} [{bar:24}] {bytes} of {total_bytes}, {eta} left",
            ));
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    /// Everything is done: the terminal is as it was before.
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
