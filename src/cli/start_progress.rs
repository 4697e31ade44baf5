use crate::error::visible;
use crate::mongo::Interrupt;
use crate::render::Steps;
use crate::render::View;
use crate::server::{Progress, StartEvent};

/// Shows the download and the start of a server on stderr. Ctrl-C cancels the start.
pub(super) struct StartProgress {
    steps: Steps,
    interrupt: Interrupt,
}

impl StartProgress {
    pub(super) fn new(quiet: bool, view: View, interrupt: &Interrupt) -> Self {
        let steps = if quiet {
            Steps::silent()
        } else if view.errors_are_terminal {
            Steps::terminal()
        } else {
            Steps::lines(Box::new(std::io::stderr()))
        };
        Self {
            steps,
            interrupt: interrupt.clone(),
        }
    }
}

impl Progress for StartProgress {
    fn tell(&self, event: &StartEvent) {
        match event {
            StartEvent::Fetched { done, total } | StartEvent::Unpacked { done, total } => {
                self.steps.bytes(*done, *total);
            }
            StartEvent::Ready { .. } => self.steps.finish(),
            step => self.steps.step(&visible(&step.to_string())),
        }
    }

    fn is_cancelled(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }
}
