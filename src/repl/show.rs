//! Shows values: as source, as JSON, as a table, and cursors page by page.

use rhai::{Array, Dynamic};

use super::screen::Screen;
use crate::api::functions::output::ending_of;
use crate::api::handles::cursor::Cursor;
use crate::api::handles::sequence::Sequence;
use crate::api::run::session::Session;
use crate::engine::help::method_meant;
use crate::error::{Error, Kind};
use crate::mongo::CallError;
use crate::plot::Plot;
use crate::render::highlight::{Palette, highlight, painted};
use crate::render::{Format, pretty, table};
use crate::values::document::Document;
use crate::values::{description, show};

/// The output mode of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputMode {
    /// Over several lines if necessary.
    Pretty,
    /// One line per value.
    Compact,
    /// One line of Extended JSON per value.
    Json,
    /// Arrays of documents as tables.
    Table,
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Value,
    /// A cursor without documents.
    NoDocuments,
}

/// Shows values, and remembers the last cursor for `it`.
pub struct ValuePrinter {
    screen: Screen,
    session: Session,
    pub mode: OutputMode,
    page: usize,
    more: Option<Page>,
}

/// A cursor with more documents, and its next document, which is already read.
struct Page {
    cursor: Cursor,
    next: Document,
}

impl ValuePrinter {
    pub fn new(screen: Screen, session: Session, page: usize, mode: OutputMode) -> Self {
        Self {
            screen,
            session,
            mode,
            page,
            more: None,
        }
    }

    /// Shows a value, except `()`.
    ///
    /// # Errors
    /// The server's error for a cursor, or an interrupt.
    pub(super) fn show(&mut self, value: &Dynamic) -> Result<Shown, CallError> {
        if value.is_unit() {
            return Ok(Shown::Value);
        }
        if let Some(cursor) = value.read_lock::<Cursor>() {
            let cursor = cursor.clone();
            let first = cursor.next_document()?;
            return match first {
                None => self.note("no documents").map(|()| Shown::NoDocuments),
                Some(next) => self.page(Page { cursor, next }).map(|()| Shown::Value),
            };
        }
        self.text(&self.render(value)).map(|()| Shown::Value)
    }

    /// Shows the next page of the last cursor.
    ///
    /// # Errors
    /// The server's error.
    pub fn more(&mut self) -> Result<(), CallError> {
        match self.more.take() {
            Some(page) => self.page(page),
            None => self.note("there are no more documents"),
        }
    }

    fn page(&mut self, page: Page) -> Result<(), CallError> {
        let Page { cursor, next } = page;
        let mut documents = vec![Dynamic::from(next)];
        let mut left = None;
        // Show the documents that arrived even if reading then fails.
        let mut failed = None;
        loop {
            match cursor.next_document() {
                Ok(Some(next)) if documents.len() < self.page => {
                    documents.push(Dynamic::from(next));
                }
                Ok(next) => {
                    left = next;
                    break;
                }
                Err(failure) => {
                    failed = Some(failure);
                    break;
                }
            }
        }
        if self.mode == OutputMode::Table {
            self.text(&self.render(&Dynamic::from_array(documents)))?;
        } else {
            for document in &documents {
                self.look()?;
                self.text(&self.render(document))?;
            }
        }
        if let Some(failure) = failed {
            return Err(failure);
        }
        self.more = left.map(|next| Page { cursor, next });
        if self.more.is_some() {
            self.note("`it` shows more")?;
        }
        Ok(())
    }

    fn render(&self, value: &Dynamic) -> String {
        if value.is::<Plot>() {
            return Format::Text.render(value);
        }
        if let Some(handle) = description::of(value) {
            let note = match value.is::<Sequence>() {
                true => dimmed("`to_array()` or a `for` loop reads its values"),
                false => without_call(value),
            };
            return painted(&handle, Palette::CALL) + note.as_str();
        }
        match self.mode {
            OutputMode::Json => Format::Json.render(value),
            OutputMode::Compact => highlight(&show::source(value), &[]),
            OutputMode::Table => match value.read_lock::<Array>() {
                Some(rows) if table::is_table(&rows) => table::table(&rows, self.screen.width()),
                _ => self.pretty(value),
            },
            OutputMode::Pretty => match write_result(value) {
                Some(line) => line,
                None => self.pretty(value),
            },
        }
    }

    fn pretty(&self, value: &Dynamic) -> String {
        if value.is_string() && value.to_string().contains('\n') {
            return show::print_text(value);
        }
        highlight(&pretty::pretty(value, self.screen.width()), &[])
    }

    fn note(&self, text: &str) -> Result<(), CallError> {
        self.text(&painted(text, Palette::DIM))
    }

    fn text(&self, text: &str) -> Result<(), CallError> {
        self.look()?;
        self.screen.line(text).map_err(|error| {
            let _ = self.session.end(ending_of(&error));
            Error::new(Kind::Server, "the terminal is closed").into()
        })
    }

    /// Returns an error after Ctrl-C, to stop showing values.
    fn look(&self) -> Result<(), CallError> {
        match self.session.interrupt().stopped() {
            Some(stop) => Err(stop.into()),
            None => Ok(()),
        }
    }
}

/// Returns a note for `db.trucks.drop`: it is a collection, but probably the call was meant.
fn without_call(value: &Dynamic) -> String {
    let Some((_, name)) = method_meant(value) else {
        return String::new();
    };
    dimmed(&format!(
        "`{name}` is also a function: `.{name}()` calls it"
    ))
}

fn dimmed(words: &str) -> String {
    format!("\n{}", painted(words, Palette::DIM))
}

/// Returns a short text for the result of inserting several documents.
fn write_result(value: &Dynamic) -> Option<String> {
    let document = value.read_lock::<Document>()?;
    let keys = document.keys().ok()?;
    let is_result = !keys.is_empty()
        && keys.iter().all(|name| {
            name.ends_with("ed_count")
                || name.starts_with("inserted_id")
                || name.starts_with("upserted_id")
        });
    if !is_result {
        return None;
    }
    let many = document.get("inserted_ids").ok()??;
    let ids = many.read_lock::<Array>()?;
    (keys.len() == 1 && ids.len() > 1).then(|| {
        let first = highlight(&show::source(ids.first().unwrap_or(&Dynamic::UNIT)), &[]);
        let count = ids.len();
        format!("{count} documents inserted, the first {first}; `_.inserted_ids` has all")
    })
}
