use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// What Ctrl-C does while keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CtrlC {
    /// It is a signal, as usual.
    Signal,
    /// It is a key like others, and so is Ctrl-Z.
    Key,
}

/// Makes the terminal send keys and not lines until it is dropped.
pub struct RawTerminal {
    before: Termios,
}

impl RawTerminal {
    pub fn on(ctrl_c: CtrlC) -> Option<Self> {
        let stdin = rustix::stdio::stdin();
        let before = tcgetattr(stdin).ok()?;
        let mut keys = before.clone();
        keys.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        if ctrl_c == CtrlC::Key {
            keys.local_modes.remove(LocalModes::ISIG);
        }
        tcsetattr(stdin, OptionalActions::Now, &keys).ok()?;
        Some(Self { before })
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &self.before);
    }
}
