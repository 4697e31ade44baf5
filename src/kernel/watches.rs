use std::thread;

use bson::{Document as BsonDocument, doc};

use super::publisher::Publisher;
use crate::api::run::output_origin;
use crate::api::run::rich_value::{MOST_ROWS, RichValue};
use crate::api::run::session::Session;
use crate::error::{Error, Kind, Result};
use crate::mongo::{CallError, ChangeStream, Interrupt, StopReason};
use crate::values::codec::convert;
use crate::values::document::Document;

/// The watches of a kernel. Each has one display, a table that changes in place.
#[derive(Default)]
pub(super) struct Watches {
    list: Vec<Watch>,
    /// The number of the last watch.
    last: usize,
}

struct Watch {
    number: usize,
    name: String,
    /// Stopped by `:stop`, and by the watch itself at its end.
    switch: Interrupt,
}

impl Watches {
    /// Shows the changes of a stream under the current cell.
    ///
    /// # Errors
    /// `Server` if no thread can be started.
    pub(super) fn start(
        &mut self,
        session: &Session,
        publisher: &Publisher,
        name: &str,
        stream: ChangeStream,
    ) -> Result<()> {
        self.last += 1;
        let number = self.last;
        let failed = |cause: std::io::Error| {
            Error::new(Kind::Server, format!("the watch cannot start: {cause}"))
        };
        let nothing = format!("[{number}] no change of `{name}` yet; `:stop` ends the watch");
        let display = session.display(RichValue::Value(nothing.into()));
        let table = ChangeTable {
            session: session.clone(),
            publisher: publisher.clone(),
            display: display.map_err(failed)?,
            rows: Vec::new(),
            seen: 0,
        };
        let switch = Interrupt::new(None);
        let (own, origin) = (switch.clone(), output_origin::current());
        let thread = thread::Builder::new().name("watch".into());
        thread
            .spawn(move || {
                output_origin::enter(origin);
                table.follow(&stream, &own);
                own.stop(StopReason::Ended);
            })
            .map_err(failed)?;
        self.list.push(Watch {
            number,
            name: name.to_owned(),
            switch,
        });
        Ok(())
    }

    /// Returns one line for each watch.
    pub(super) fn lines(&self) -> String {
        let lines = self.list.iter().map(|watch| {
            let state = match watch.switch.stopped() {
                None => "running",
                Some(_) => "ended",
            };
            format!("[{}] watch {}: {state}\n", watch.number, watch.name)
        });
        lines.collect()
    }

    /// Stops the watch with a number, or all. Returns how many it stopped.
    pub(super) fn stop(&mut self, number: Option<usize>) -> usize {
        let before = self.list.len();
        self.list.retain(|watch| {
            let stays = number.is_some_and(|number| number != watch.number);
            if !stays {
                watch.switch.stop(StopReason::Ended);
            }
            stays
        });
        before - self.list.len()
    }
}

/// The changes that a display shows, the last ones if there are many.
struct ChangeTable {
    session: Session,
    publisher: Publisher,
    display: usize,
    rows: Vec<Document>,
    /// How many changes there were.
    seen: i64,
}

impl ChangeTable {
    /// Shows each change until the stream or the watch ends.
    fn follow(mut self, stream: &ChangeStream, switch: &Interrupt) {
        loop {
            let end = match stream.next(switch, None) {
                Ok(Some(change)) => match BsonDocument::from_reader(change.as_ref()) {
                    Ok(change) => match self.add(&change) {
                        Ok(()) => continue,
                        Err(error) => error.message().to_owned(),
                    },
                    Err(error) => format!("a change is not valid BSON: {error}"),
                },
                Ok(None) => "its collection was dropped or renamed".to_owned(),
                Err(CallError::Error(error)) => error.message().to_owned(),
                Err(CallError::Stopped(_)) => return,
            };
            let line = format!("the watch has ended: {end}");
            return self.publisher.line("stderr", &line);
        }
    }

    fn add(&mut self, change: &BsonDocument) -> Result<()> {
        self.seen += 1;
        let row = convert::of_bson(&row(self.seen, change))?;
        if self.rows.len() == MOST_ROWS {
            self.rows.remove(0);
        }
        self.rows.push(row);
        let table = RichValue::Table {
            rows: self.rows.clone(),
            is_cut: false,
        };
        // The front end may be gone.
        let _ = self.session.update_display(self.display, table);
        Ok(())
    }
}

/// Returns the row of a change: its number, the operation, and what it changed.
fn row(number: i64, change: &BsonDocument) -> BsonDocument {
    let part = |name: &str| change.get_document(name).ok();
    let operation = change.get_str("operationType").unwrap_or("change");
    let mut row = doc! { "change": number, "operation": operation };
    if let Some(id) = part("documentKey").and_then(|key| key.get("_id")) {
        row.insert("_id", id);
    }
    if let (Some(document), "insert" | "replace") = (part("fullDocument"), operation) {
        row.insert("document", document);
    }
    if let Some(update) = part("updateDescription") {
        if let Some(set) = update
            .get_document("updatedFields")
            .ok()
            .filter(|set| !set.is_empty())
        {
            row.insert("set", set);
        }
        if let Some(removed) = update
            .get_array("removedFields")
            .ok()
            .filter(|all| !all.is_empty())
        {
            row.insert("removed", removed);
        }
    }
    row
}
