//! Reads the events of a change stream as changes of a history.

use rhai::{Array, Dynamic};

use super::value_numbers::ValueNumbers;
use crate::error::Result;
use crate::history::{Change, Finding};
use crate::values::document::Document;

/// Returns the changes of events, of elements, and of `[key, value]` pairs.
pub fn changes(events: &[Dynamic], values: &ValueNumbers) -> Result<Vec<Change>> {
    events.iter().map(|event| change(event, values)).collect()
}

fn change(event: &Dynamic, values: &ValueNumbers) -> Result<Change> {
    if let Some(event) = event.read_lock::<Document>()
        && let Some(key) = event.read("documentKey")?.read_lock::<Document>()
    {
        return of_event(&event, &key.read("_id")?, values);
    }
    let shown = values.number(event)?;
    let mut candidates = vec![Finding::Element(shown)];
    if let Some(pair) = event.read_lock::<Array>()
        && let [key, value] = pair.as_slice()
    {
        let (key, value) = (values.number(key)?, values.number(value)?);
        candidates.push(Finding::Value { key, value });
    }
    Ok(Change { candidates, shown })
}

fn of_event(event: &Document, id: &Dynamic, values: &ValueNumbers) -> Result<Change> {
    let key = values.number(id)?;
    let mut candidates = Vec::new();
    let update = event.read("updateDescription")?;
    let changed = match update.read_lock::<Document>() {
        Some(update) => update.read("updatedFields")?,
        None => event.read("fullDocument")?,
    };
    if let Some(changed) = changed.read_lock::<Document>() {
        for (_, value) in changed.entries()? {
            let value = values.number(&value)?;
            candidates.push(Finding::Value { key, value });
        }
    }
    candidates.push(Finding::Element(key));
    Ok(Change {
        candidates,
        shown: key,
    })
}
