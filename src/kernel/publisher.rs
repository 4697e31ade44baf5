use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use super::message::MessageWriter;
use super::transport::Frames;
use crate::api::run::displays::DisplayUpdates;
use crate::api::run::event::{Event, Output};
use crate::api::run::output_origin;
use crate::api::run::rich_value::RichValue;
use crate::error::visible;
use crate::notebook::CellOutput;
use crate::render::mime_bundle;

/// How long printed lines wait for more lines.
const PAUSE: Duration = Duration::from_millis(20);

/// Lines of this size, in bytes, do not wait.
const LARGEST: usize = 64 << 10;

/// Sends what cells show to all clients. Each message names the cell that caused it.
#[derive(Clone, Default)]
pub struct Publisher {
    state: Arc<Mutex<State>>,
    /// Lines wait to be sent.
    waiting: Arc<Notify>,
}

#[derive(Default)]
struct State {
    sink: Option<Sink>,
    /// The headers of the requests that ran cells, by origin; `None` for a silent cell.
    parents: HashMap<u64, Option<Map<String, Value>>>,
    /// The origin of the last cell.
    last: u64,
    lines: Option<Lines>,
}

struct Sink {
    writer: MessageWriter,
    outgoing: UnboundedSender<Frames>,
}

/// Printed lines that were not sent yet.
struct Lines {
    origin: u64,
    stream: &'static str,
    text: String,
}

impl Publisher {
    /// Sets where messages go. Before, they are dropped.
    pub(super) fn attach(&self, writer: MessageWriter, outgoing: UnboundedSender<Frames>) {
        self.lock().sink = Some(Sink { writer, outgoing });
    }

    /// Stops to send, after the lines that wait.
    pub(super) fn detach(&self) {
        let mut state = self.lock();
        state.flush();
        state.sink = None;
    }

    /// Returns the output for a session.
    pub fn output(&self) -> Output {
        let publisher = self.clone();
        Output::new(move |event| {
            publisher.show(event);
            Ok(())
        })
        .with_updates(DisplayUpdates::InPlace)
    }

    /// Sets the request to which the output of an origin belongs; `None` drops the output.
    pub(super) fn begin(&self, origin: u64, parent: Option<&Map<String, Value>>) {
        let mut state = self.lock();
        state.parents.insert(origin, parent.cloned());
        state.last = origin;
    }

    /// Sends a message that belongs to an origin.
    pub(super) fn send_from(&self, origin: u64, kind: &str, content: &Value) {
        let mut state = self.lock();
        state.flush();
        state.send_from(origin, kind, content);
    }

    /// Sends a message that belongs to a request.
    pub(super) fn send(&self, kind: &str, parent: &Map<String, Value>, content: &Value) {
        let mut state = self.lock();
        state.flush();
        state.send(kind, parent, content);
    }

    /// Adds a line to a stream of the current cell.
    pub fn line(&self, stream: &'static str, line: &str) {
        let origin = output_origin::current();
        let mut state = self.lock();
        let fits = |lines: &Lines| lines.origin == origin && lines.stream == stream;
        if !state.lines.as_ref().is_some_and(fits) {
            state.flush();
        }
        let lines = state.lines.get_or_insert_with(|| Lines {
            origin,
            stream,
            text: String::new(),
        });
        lines.text.push_str(&visible(line));
        lines.text.push('\n');
        if lines.text.len() >= LARGEST {
            state.flush();
        } else {
            self.waiting.notify_one();
        }
    }

    /// Adds the lines of a text to a stream of the current cell, without colours.
    pub(super) fn tell(&self, stream: &'static str, text: &str) {
        let plain = anstream::adapter::strip_str(text).to_string();
        plain.lines().for_each(|line| self.line(stream, line));
    }

    /// Sends the lines that wait, whenever there are some. Does not end.
    pub(super) async fn send_lines(self) {
        loop {
            self.waiting.notified().await;
            tokio::time::sleep(PAUSE).await;
            self.lock().flush();
        }
    }

    fn show(&self, event: Event) {
        match CellOutput::of(event) {
            None => {}
            Some(CellOutput::Line { stream, text }) => self.line(stream, &text),
            Some(CellOutput::Display {
                id,
                value,
                is_update,
            }) => {
                let kind = match is_update {
                    true => "update_display_data",
                    false => "display_data",
                };
                self.display(kind, id, &value);
            }
        }
    }

    fn display(&self, kind: &str, id: Option<usize>, value: &RichValue) {
        let transient = match id {
            Some(id) => json!({ "display_id": format!("seaworthy-{id}") }),
            None => json!({}),
        };
        let data = mime_bundle::displayed(value);
        let content = json!({ "data": data, "metadata": {}, "transient": transient });
        self.send_from(output_origin::current(), kind, &content);
    }

    /// Locks, even after a panic of another thread: the state is never half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn flush(&mut self) {
        if let Some(lines) = self.lines.take() {
            let content = json!({ "name": lines.stream, "text": lines.text });
            self.send_from(lines.origin, "stream", &content);
        }
    }

    fn send_from(&self, origin: u64, kind: &str, content: &Value) {
        // A thread that no cell has started shows its output under the last cell.
        let parent = self
            .parents
            .get(&origin)
            .or_else(|| self.parents.get(&self.last));
        if let Some(Some(parent)) = parent {
            self.send(kind, parent, content);
        }
    }

    fn send(&self, kind: &str, parent: &Map<String, Value>, content: &Value) {
        if let Some(Sink { writer, outgoing }) = &self.sink {
            let topic = Bytes::from(kind.to_owned());
            // The socket is closed at the end of the kernel.
            let _ = outgoing.send(writer.frames(vec![topic], kind, parent, content));
        }
    }
}
