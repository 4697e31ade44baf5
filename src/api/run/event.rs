//! The events that a run sends to its front end.

use rhai::Dynamic;

use crate::mongo::CommandTrace;

/// An output of a script.
#[derive(Clone, Debug)]
pub enum Event {
    /// `print(value)`.
    Print(Dynamic),
    /// `debug(value)`, with its line.
    Debug { value: Dynamic, line: Option<usize> },
    /// A command that a client sent, if the trace is on.
    Trace(CommandTrace),
}

/// Where events go while the script runs. An error, such as a closed pipe, ends the run.
pub type Output = dyn Fn(Event) -> std::io::Result<()> + Send + Sync;
