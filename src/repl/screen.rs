//! The terminal, shared by the input line and by background messages.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use rustyline::ExternalPrinter;

use crate::error::{visible, visible_with_styles};
use crate::render::{LastDisplay, status_line};

/// The maximum number of waiting lines for the editor. Further lines are dropped.
const MOST_WAITING: usize = 10_000;

/// Writes below the last line, or above the input line during editing. Clones share the terminal.
#[derive(Clone)]
pub struct Screen {
    shared: Arc<Shared>,
}

struct Shared {
    out: Mutex<Out>,
    colour: bool,
    editing: AtomicBool,
    above: OnceLock<SyncSender<String>>,
    width: fn() -> usize,
}

impl Screen {
    /// Creates a screen that writes to `out`. `width` returns the current terminal width.
    pub fn new(out: Box<dyn Write + Send>, colour: bool, width: fn() -> usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                out: Mutex::new(Out {
                    stream: out,
                    last_display: LastDisplay::default(),
                    has_status: false,
                }),
                colour,
                editing: AtomicBool::new(false),
                above: OnceLock::new(),
                width,
            }),
        }
    }

    pub fn has_colour(&self) -> bool {
        self.shared.colour
    }

    pub fn width(&self) -> usize {
        (self.shared.width)()
    }

    /// Writes a line, with or without its colours.
    ///
    /// # Errors
    /// The terminal's error.
    pub fn line(&self, text: &str) -> io::Result<()> {
        let text = visible_with_styles(text);
        let mut text = if self.shared.colour {
            text.into_owned()
        } else {
            anstream::adapter::strip_str(&text).to_string()
        };
        text.push('\n');
        if self.shared.editing.load(Ordering::SeqCst)
            && let Some(above) = self.shared.above.get()
        {
            return match above.try_send(text) {
                Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
                Err(TrySendError::Disconnected(text)) => self.write(&text),
            };
        }
        self.write(&text)
    }

    /// Shows the text of a display. It replaces the earlier text of the same display if nothing was
    /// written after it; above an input line it never does.
    ///
    /// # Errors
    /// The terminal's error.
    pub fn display(&self, id: usize, text: &str) -> io::Result<()> {
        if self.is_editing() {
            return self.line(text);
        }
        let mut out = self.lock();
        let text = out.last_display.write(id, &visible(text), self.width());
        out.write(&text)
    }

    /// Shows one line that the next status or the next output replaces; `None` removes it. Shows
    /// nothing while a line is edited.
    pub fn status(&self, text: Option<&str>) {
        if self.is_editing() {
            return;
        }
        let mut out = self.lock();
        let text = status_line(&mut out.has_status, text, self.width());
        let _ = out.stream.write_all(text.as_bytes());
        let _ = out.stream.flush();
    }

    /// Writes a line like [`line`](Self::line), and ignores errors.
    pub fn tell(&self, text: &str) {
        let _ = self.line(text);
    }

    /// Makes further output during editing appear above the input line.
    pub fn attach(&self, mut printer: impl ExternalPrinter + Send + 'static) {
        let (above, waiting) = sync_channel::<String>(MOST_WAITING);
        // A separate thread, because the editor's printer can block.
        let started = thread::Builder::new().name("above".into()).spawn(move || {
            for text in waiting {
                if printer.print(text).is_err() {
                    break;
                }
            }
        });
        if started.is_ok() {
            let _ = self.shared.above.set(above);
        }
    }

    pub fn is_editing(&self) -> bool {
        self.shared.editing.load(Ordering::SeqCst)
    }

    /// Sets whether a line is being edited.
    pub fn set_editing(&self, editing: bool) {
        self.shared.editing.store(editing, Ordering::SeqCst);
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut out = self.lock();
        out.last_display.forget();
        out.write(text)
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        let out = self.shared.out.lock();
        out.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The terminal, and what was written to it last.
struct Out {
    stream: Box<dyn Write + Send>,
    last_display: LastDisplay,
    /// Whether the last line is a status.
    has_status: bool,
}

impl Out {
    fn write(&mut self, text: &str) -> io::Result<()> {
        let clear = status_line(&mut self.has_status, None, 0);
        self.stream.write_all(clear.as_bytes())?;
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }
}
