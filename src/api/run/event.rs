//! The events that a run sends to its front end.

use rhai::Dynamic;

use super::displays::DisplayUpdates;
use super::rich_value::RichValue;
use crate::mongo::CommandTrace;

/// An output of a script.
#[derive(Clone, Debug)]
pub enum Event {
    /// `print(value)`.
    Print(Dynamic),
    /// `debug(value)`, with its line.
    Debug { value: Dynamic, line: Option<usize> },
    /// `display(value)`, or an update of the display with the same `id`.
    Display {
        id: usize,
        value: RichValue,
        is_update: bool,
    },
    /// Something that the script should know and that is no error, with the line that caused it.
    Warning {
        message: String,
        line: Option<usize>,
    },
    /// A call waits for a server: what it waits for, again every second, and `None` at the end of
    /// the wait.
    Waiting(Option<String>),
    /// A command that a client sent, if the trace is on.
    Trace(CommandTrace),
}

/// Where events go while the script runs.
pub struct Output {
    send: Box<dyn Fn(Event) -> std::io::Result<()> + Send + Sync>,
    pub(super) updates: DisplayUpdates,
}

impl Output {
    /// Returns an output that can only append. An error, such as a closed pipe, ends the run.
    pub fn new(send: impl Fn(Event) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        Self {
            send: Box::new(send),
            updates: DisplayUpdates::AtTheEnd,
        }
    }

    /// Sets what the output can do with updates of displays.
    #[must_use]
    pub fn with_updates(mut self, updates: DisplayUpdates) -> Self {
        self.updates = updates;
        self
    }

    /// Returns an output that does not get the waits for servers.
    #[must_use]
    pub fn without_waits(self) -> Self {
        let updates = self.updates;
        Self::new(move |event| match event {
            Event::Waiting(_) => Ok(()),
            event => self.send(event),
        })
        .with_updates(updates)
    }

    /// Sends one event to the front end.
    ///
    /// # Errors
    /// The output's error.
    pub fn send(&self, event: Event) -> std::io::Result<()> {
        (self.send)(event)
    }

    /// Returns an output that changes events before this one gets them.
    #[must_use]
    pub fn behind(
        self,
        change: impl Fn(Event) -> std::io::Result<Event> + Send + Sync + 'static,
    ) -> Self {
        let updates = self.updates;
        Self::new(move |event| self.send(change(event)?)).with_updates(updates)
    }
}
