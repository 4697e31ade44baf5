//! Showing values: one by one, a page of a cursor at a time, as a table, as JSON.

use rhai::{Array, Dynamic};

use super::screen::Screen;
use crate::api::functions::output::ending_of;
use crate::api::handles::client::Client;
use crate::api::handles::collection::Collection;
use crate::api::handles::cursor::Cursor;
use crate::api::handles::database::Database;
use crate::api::run::session::Session;
use crate::engine::help::method_meant;
use crate::error::{Error, Kind};
use crate::mongo::CallError;
use crate::render::highlight::{Palette, highlight, painted};
use crate::render::{Format, pretty, table};
use crate::values::document::Document;
use crate::values::show;

/// How values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputMode {
    /// Over as many lines as it takes.
    Pretty,
    /// A line each.
    Compact,
    /// A line of Extended JSON each.
    Json,
    /// Arrays of documents as tables.
    Table,
}

/// Shows values, and remembers the cursor that has more of them.
pub struct ValuePrinter {
    screen: Screen,
    session: Session,
    pub mode: OutputMode,
    page: usize,
    more: Option<Page>,
}

/// A cursor of which something was shown, with the document that was read to see that there is more.
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

    /// Shows a value; `()` is nothing to show.
    ///
    /// # Errors
    /// A cursor's first answer may be an error, and whoever waits for it may give up.
    pub fn show(&mut self, value: &Dynamic) -> Result<(), CallError> {
        if value.is_unit() {
            return Ok(());
        }
        if let Some(cursor) = value.read_lock::<Cursor>() {
            let cursor = cursor.clone();
            let first = cursor.next_document()?;
            return match first {
                None => self.note("no documents"),
                Some(next) => self.page(Page { cursor, next }),
            };
        }
        self.text(&self.render(value))
    }

    /// Shows more of the last cursor.
    ///
    /// # Errors
    /// The server's.
    pub fn more(&mut self) -> Result<(), CallError> {
        match self.more.take() {
            Some(page) => self.page(page),
            None => self.note("there is no more to show"),
        }
    }

    fn page(&mut self, page: Page) -> Result<(), CallError> {
        let Page { cursor, next } = page;
        let mut documents = vec![Dynamic::from(next)];
        let mut left = None;
        // What was asked for is shown even if the rest fails.
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
        if let Some(handle) = handle(value) {
            return painted(&handle, Palette::CALL) + without_call(value).as_str();
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
            Error::new(Kind::Server, "the terminal is gone").into()
        })
    }

    /// Ctrl-C counts while values are shown, too.
    fn look(&self) -> Result<(), CallError> {
        match self.session.interrupt().stopped() {
            Some(stop) => Err(stop.into()),
            None => Ok(()),
        }
    }
}

/// What is no value but leads to some: a client, a database, a collection.
fn handle(value: &Dynamic) -> Option<String> {
    if let Some(collection) = value.read_lock::<Collection>() {
        return Some(format!("Collection {}", collection.full_name()));
    }
    if let Some(database) = value.read_lock::<Database>() {
        return Some(format!("Database {}", database.name()));
    }
    value.is::<Client>().then(|| "Client".to_owned())
}

/// `db.trucks.drop` is a collection of that name, and seldom meant.
fn without_call(value: &Dynamic) -> String {
    let Some((_, name)) = method_meant(value) else {
        return String::new();
    };
    let words = format!("`{name}` is a function, too: `.{name}()` calls it");
    format!("\n{}", painted(&words, Palette::DIM))
}

/// The result of a write on one line, however many documents it wrote.
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
