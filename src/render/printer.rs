//! A script's output: line by line to a terminal, in blocks to a pipe.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rhai::Dynamic;
use serde_json::json;

use super::last_display::LastDisplay;
use super::status_line::status_line;
use super::trace::trace_line;
use super::values::Format;
use super::view::View;
use super::warning::warning_line;
use crate::api::run::displays::DisplayUpdates;
use crate::api::run::event::Event;
use crate::api::run::rich_value::RichValue;
use crate::error::visible;

/// A buffer of this size is written at once.
const BLOCK: usize = 8 * 1024;

/// The maximum delay of a line in a pipe.
const LATEST: Duration = Duration::from_millis(50);

/// The kind of reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A person: every line is written when it is printed.
    Terminal,
    /// A program or a file: blocks.
    Pipe,
}

/// Writes the output of scripts. Clones share the streams.
#[derive(Clone)]
pub struct Printer {
    format: Format,
    target: Target,
    width: usize,
    errors_are_terminal: bool,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    filled: Condvar,
}

struct State {
    buffer: Vec<u8>,
    out: Box<dyn Write + Send>,
    errors: Box<dyn Write + Send>,
    // A write error of the flusher thread; the next print returns it.
    failed: Option<io::Error>,
    last_display: LastDisplay,
    /// When the buffer was written last.
    flushed: Option<Instant>,
    flusher: bool,
    /// Whether the last line of the error stream, a terminal, is a status.
    has_status: bool,
    /// Whether a wait was written to the error stream.
    is_waiting: bool,
}

impl Printer {
    pub fn new(view: View, out: Box<dyn Write + Send>, errors: Box<dyn Write + Send>) -> Self {
        Self {
            format: view.format,
            target: view.target,
            width: view.width,
            errors_are_terminal: view.errors_are_terminal,
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    buffer: Vec::new(),
                    out,
                    errors,
                    failed: None,
                    last_display: LastDisplay::default(),
                    flushed: None,
                    flusher: false,
                    has_status: false,
                    is_waiting: false,
                }),
                filled: Condvar::new(),
            }),
        }
    }

    /// Returns what this output can do with updates of displays.
    pub fn updates(&self) -> DisplayUpdates {
        match self.target {
            Target::Terminal => DisplayUpdates::InPlace,
            Target::Pipe => DisplayUpdates::AtTheEnd,
        }
    }

    /// Writes an event of a session.
    ///
    /// # Errors
    /// The stream's error; `BrokenPipe` if the reader closed it.
    pub fn show(&self, event: &Event) -> io::Result<()> {
        match event {
            Event::Print(value) => self.print(value),
            Event::Debug { value, line } => self.debug(value, *line),
            Event::Display { id, value, .. } => self.display(*id, value),
            Event::Trace(command) => {
                self.say(&trace_line(command, self.format));
                Ok(())
            }
            Event::Waiting(text) => {
                self.waiting(text.as_deref());
                Ok(())
            }
            Event::Warning { message, line } => {
                self.say(&warning_line(message, *line, self.format));
                Ok(())
            }
        }
    }

    /// Writes the buffer.
    ///
    /// # Errors
    /// The stream's error, now or of an earlier write.
    pub fn flush(&self) -> io::Result<()> {
        self.shared.lock().flush()
    }

    /// Writes the buffer and then `text`, without formatting.
    ///
    /// # Errors
    /// The stream's error, now or of an earlier write.
    pub fn text(&self, text: &str) -> io::Result<()> {
        let mut state = self.shared.lock();
        state.last_display.forget();
        state.buffer.extend_from_slice(text.as_bytes());
        state.flush()
    }

    /// Shows what a call waits for. On a terminal the line is replaced and removed; elsewhere each
    /// wait is one line.
    fn waiting(&self, text: Option<&str>) {
        let mut state = self.shared.lock();
        let was_waiting = std::mem::replace(&mut state.is_waiting, text.is_some());
        let text = match (self.errors_are_terminal, self.format, text) {
            (true, Format::Text, text) => status_line(&mut state.has_status, text, self.width),
            (_, _, Some(_)) if was_waiting => String::new(),
            (_, Format::Json, Some(text)) => format!("{}\n", json!({ "waiting": text })),
            (_, Format::Text, Some(text)) => format!("{}\n", visible(text)),
            (_, _, None) => String::new(),
        };
        let _ = state.flush();
        let _ = state.errors.write_all(text.as_bytes());
        let _ = state.errors.flush();
    }

    /// Writes a line to stderr. A closed stderr is not an error.
    pub fn say(&self, text: &str) {
        let mut state = self.shared.lock();
        let _ = state.flush();
        state.last_display.forget();
        state.clear_status();
        let _ = writeln!(state.errors, "{text}").and_then(|()| state.errors.flush());
    }

    fn print(&self, value: &Dynamic) -> io::Result<()> {
        let mut line = self.format.render(value);
        if self.format == Format::Json {
            // JSON escapes only some control characters.
            line = visible(&line).into_owned();
        }
        let mut state = self.shared.lock();
        state.last_display.forget();
        self.line(state, &line)
    }

    /// Writes a display. On a terminal an update replaces what was written, if it was written last.
    fn display(&self, id: usize, value: &RichValue) -> io::Result<()> {
        let text = visible(&self.format.display(value, self.width)).into_owned();
        let mut state = self.shared.lock();
        if self.target == Target::Pipe {
            return self.line(state, &text);
        }
        let text = state.last_display.write(id, &text, self.width);
        state.buffer.extend_from_slice(text.as_bytes());
        state.flush()
    }

    fn line(&self, mut state: MutexGuard<State>, line: &str) -> io::Result<()> {
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        let was_empty = state.buffer.is_empty();
        state.buffer.extend_from_slice(line.as_bytes());
        state.buffer.push(b'\n');
        if self.target == Target::Terminal
            || state.buffer.len() >= BLOCK
            || state.flushed.is_none_or(|at| at.elapsed() >= LATEST)
        {
            return state.flush();
        }
        if !state.flusher {
            state.flusher = true;
            self.shared.start_flusher();
        } else if was_empty {
            self.shared.filled.notify_one();
        }
        Ok(())
    }

    fn debug(&self, value: &Dynamic, line: Option<usize>) -> io::Result<()> {
        let value = self.format.render(value);
        let line = match (self.format, line) {
            (Format::Json, Some(line)) => format!("{{\"debug\":{value},\"line\":{line}}}"),
            (Format::Json, None) => format!("{{\"debug\":{value}}}"),
            (Format::Text, Some(line)) => format!("debug, line {line}: {value}"),
            (Format::Text, None) => format!("debug: {value}"),
        };
        self.say(&line);
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread that flushes the buffer, so that a waiting script does not delay its output.
    fn start_flusher(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        let _ = thread::Builder::new()
            .name("flusher".into())
            .spawn(move || {
                while let Some(shared) = weak.upgrade() {
                    let state = shared.lock();
                    if state.buffer.is_empty() {
                        // Wake up now and then to see whether the printer was dropped.
                        let waited = shared.filled.wait_timeout(state, LATEST * 20);
                        drop(waited.unwrap_or_else(PoisonError::into_inner));
                    } else {
                        drop(state);
                    }
                    thread::sleep(LATEST);
                    let mut state = shared.lock();
                    if let Err(error) = state.flush() {
                        state.failed.get_or_insert(error);
                    }
                }
            });
    }
}

impl State {
    fn clear_status(&mut self) {
        let clear = status_line(&mut self.has_status, None, 0);
        let _ = self.errors.write_all(clear.as_bytes());
        let _ = self.errors.flush();
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.clear_status();
        let written = self.out.write_all(&self.buffer);
        self.buffer.clear();
        self.flushed = Some(Instant::now());
        written.and_then(|()| self.out.flush())
    }
}
