//! The terminal between two lines, where nobody edits and something runs.

use std::io::stdin;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// The terminal as it was found, and as the prompt keeps it while something runs; by default none.
///
/// What is typed meanwhile is not written into what is being shown, and it waits for the next line key by key: a terminal
/// that collects lines itself would swallow arrows, Tab and Ctrl-D. Ctrl-C and Ctrl-Z stay signals.
#[derive(Default)]
pub(super) struct Terminal {
    found: Option<Termios>,
}

impl Terminal {
    /// Takes the terminal of standard input, if that is one.
    pub(super) fn take() -> Self {
        let terminal = Self {
            found: tcgetattr(stdin()).ok(),
        };
        terminal.hold();
        terminal
    }

    /// Keeps what is typed from now on for the next line.
    pub(super) fn hold(&self) {
        let Some(mut modes) = self.found.clone() else {
            return;
        };
        modes.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON);
        modes.input_modes &= !InputModes::ICRNL;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        // Now, and not after a flush: nothing that was typed is thrown away.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }

    /// Lends the terminal, as it was found, to another program.
    pub(super) fn lend<T>(&self, program: impl FnOnce() -> T) -> T {
        self.give_back();
        let result = program();
        self.hold();
        result
    }

    fn give_back(&self) {
        if let Some(found) = &self.found {
            let _ = tcsetattr(stdin(), OptionalActions::Now, found);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back();
    }
}
