//! What a run gives to its front end while it goes on.

use rhai::Dynamic;

use crate::mongo::CommandTrace;

/// Something a script wanted to be seen.
#[derive(Clone, Debug)]
pub enum Event {
    /// `print(value)`.
    Print(Dynamic),
    /// `debug(value)`, with where it stands.
    Debug { value: Dynamic, line: Option<usize> },
    /// A command that a client sent, where somebody asked to see them.
    Trace(CommandTrace),
}

/// Where events go while the script runs. An error ends the run (a closed pipe does).
pub type Output = dyn Fn(Event) -> std::io::Result<()> + Send + Sync;
