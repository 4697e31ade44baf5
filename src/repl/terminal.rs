//! The terminal's modes while a line runs.

use std::io::stdin;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// The terminal, with its original modes to restore.
///
/// While a line runs, echo and line mode are off: keys do not disturb the output, and the next line
/// receives them, including arrows, Tab and Ctrl-D. Ctrl-C and Ctrl-Z still send signals.
#[derive(Default)]
pub(super) struct Terminal {
    found: Option<Termios>,
}

impl Terminal {
    /// Takes the terminal at stdin, if it is one.
    pub(super) fn take() -> Self {
        let terminal = Self {
            found: tcgetattr(stdin()).ok(),
        };
        terminal.hold();
        terminal
    }

    /// Switches off echo and line mode, so that keys wait for the next line.
    pub(super) fn hold(&self) {
        let Some(mut modes) = self.found.clone() else {
            return;
        };
        modes.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON);
        modes.input_modes &= !InputModes::ICRNL;
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        // `Now` does not discard typed keys.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }

    /// Runs another program with the terminal's original modes.
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
