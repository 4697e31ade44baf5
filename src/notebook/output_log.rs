use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::cell_output::CellOutput;
use crate::api::run::event::{Event, Output};
use crate::api::run::output_origin;
use crate::api::run::rich_value::RichValue;
use crate::error::visible;
use crate::render::mime_bundle;

/// Collects what cells show, as a notebook file stores it.
#[derive(Clone, Default)]
pub struct OutputLog {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The outputs by the origin of the cell.
    cells: HashMap<u64, Vec<Value>>,
    /// The cell and the position of each display.
    displays: HashMap<usize, (u64, usize)>,
}

impl OutputLog {
    /// Returns the output for a session.
    pub fn output(&self) -> Output {
        let log = self.clone();
        Output::new(move |event| {
            log.lock().add(output_origin::current(), event);
            Ok(())
        })
    }

    /// Adds an output to a cell.
    pub fn add(&self, origin: u64, output: Value) {
        self.lock().cells.entry(origin).or_default().push(output);
    }

    /// Returns the outputs of a cell. A display is where it was first shown, with its last value.
    pub fn of_cell(&self, origin: u64) -> Vec<Value> {
        self.lock().cells.get(&origin).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, origin: u64, event: Event) {
        let (id, value, is_update) = match CellOutput::of(event) {
            None => return,
            Some(CellOutput::Line { stream, text }) => return self.stream(origin, stream, &text),
            Some(CellOutput::Display {
                id,
                value,
                is_update,
            }) => (id, value, is_update),
        };
        let shown = id.and_then(|id| self.displays.get(&id));
        if let (true, Some(&(cell, at))) = (is_update, shown)
            && let Some(output) = self.cells.get_mut(&cell).and_then(|all| all.get_mut(at))
        {
            *output = display_data(&value);
            return;
        }
        self.display(origin, &value);
        let at = self.cells.get(&origin).map_or(0, |all| all.len() - 1);
        self.displays.extend(id.map(|id| (id, (origin, at))));
    }

    fn display(&mut self, origin: u64, value: &RichValue) {
        let outputs = self.cells.entry(origin).or_default();
        outputs.push(display_data(value));
    }

    /// Adds a line to the stream that was written last, or begins another.
    fn stream(&mut self, origin: u64, name: &str, line: &str) {
        let outputs = self.cells.entry(origin).or_default();
        let text = lines(&format!("{}\n", visible(line)));
        let last = outputs.last_mut().filter(|last| last["name"] == name);
        match last.and_then(|last| last["text"].as_array_mut()) {
            Some(lines) => lines.extend(text),
            None => outputs.push(json!({ "output_type": "stream", "name": name, "text": text })),
        }
    }
}

fn display_data(value: &RichValue) -> Value {
    let data = in_lines(mime_bundle::displayed(value));
    json!({ "output_type": "display_data", "data": data, "metadata": {} })
}

/// Returns data by media type as a notebook file has it: each text as an array of lines.
pub(super) fn in_lines(data: Map<String, Value>) -> Map<String, Value> {
    let entries = data.into_iter().map(|(media_type, value)| {
        let value = match value {
            Value::String(text) => lines(&text).into(),
            value => value,
        };
        (media_type, value)
    });
    entries.collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.split_inclusive('\n').map(Value::from).collect()
}
