use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Call, ClientLabel, Event, Name, Nanos, SourceText, Task};
use crate::error::{Error, Result};

/// The version of the stored form.
pub(super) const FORMAT: u32 = 1;

/// What a run did, and when. All writers of timelines draw this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The version of this form.
    pub format: u32,
    /// What was run, for example the name of a script.
    pub title: String,
    /// The start, in nanoseconds since 1970.
    pub began_unix_ns: u64,
    pub duration: Nanos,
    pub sources: Vec<SourceText>,
    pub clients: Vec<ClientLabel>,
    pub tasks: Vec<Task>,
    /// How many older events were dropped because there were too many.
    pub dropped: u64,
    /// In the order of their begins.
    pub events: Vec<Event>,
}

impl Recording {
    /// Reads a stored recording.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not a recording of this version.
    pub fn from_json(text: &str) -> Result<Self> {
        let recording: Option<Self> = serde_json::from_str(text).ok();
        recording
            .filter(|recording| recording.format == FORMAT)
            .ok_or_else(|| {
                Error::invalid_argument("the file is not a recording of this version of seaworthy")
                    .hint("run the script again with `--timeline FILE`")
            })
    }

    /// Returns the stored form, for [`from_json`](Self::from_json).
    pub fn to_json(&self) -> String {
        // Every field can be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the part between two moments. The states of members and pools at its begin are its
    /// first events, and faults that last longer are cut.
    #[must_use]
    pub fn between(&self, from: Nanos, to: Nanos) -> Self {
        let mut states: HashMap<(u32, Option<Name>), Event> = HashMap::new();
        let mut events = Vec::new();
        for event in &self.events {
            let (begin, end) = (event.begin(), event.end());
            let key = match event {
                Event::Pool(sample) => Some((sample.client, None)),
                Event::Member(state) => Some((state.client, Some(state.member.clone()))),
                _ => None,
            };
            match key {
                Some(key) if begin < from => drop(states.insert(key, moved(event, from, to))),
                Some(_) if begin <= to => events.push(moved(event, from, to)),
                Some(_) => {}
                None if begin <= to && end.is_none_or(|end| end >= from) => {
                    events.push(moved(event, from, to));
                }
                None => {}
            }
        }
        events.extend(states.into_values());
        events.sort_by_key(Event::order);
        Self {
            began_unix_ns: self.began_unix_ns.saturating_add(from),
            duration: to.saturating_sub(from),
            events,
            ..self.clone()
        }
    }

    /// Returns the calls by their number.
    pub fn calls(&self) -> HashMap<u32, &Call> {
        let calls = self.events.iter().filter_map(|event| match event {
            Event::Call(call) => Some((call.id, call)),
            _ => None,
        });
        calls.collect()
    }

    /// Returns the text of the line of a call, without its indentation.
    pub fn line_of(&self, call: &Call) -> Option<&str> {
        let place = call.place.as_ref()?;
        let source = self
            .sources
            .iter()
            .find(|source| source.name == place.source)?;
        source.line(place.line).map(str::trim)
    }

    /// Returns the name of a task: `script`, or for example `background 3`.
    pub fn task_name(&self, id: u32) -> String {
        match self.tasks.iter().find(|task| task.id == id) {
            Some(task) if id > 0 => format!("{} {id}", task.kind),
            _ => "script".to_owned(),
        }
    }

    /// Returns the name of a client, for example `client 3 (orders)`.
    pub fn client_name(&self, id: u32) -> String {
        let client = self.clients.iter().find(|client| client.id == id);
        client.map_or_else(String::new, ClientLabel::shown)
    }

    /// Returns the sentence about dropped events, if some were dropped.
    pub fn note_about_dropped(&self) -> Option<String> {
        (self.dropped > 0).then(|| {
            format!(
                "the first {} events are missing: a recording keeps the last 200,000",
                self.dropped
            )
        })
    }
}

/// Returns an event with its moments counted from `from`, and cut to the part until `to`.
fn moved(event: &Event, from: Nanos, to: Nanos) -> Event {
    let mut event = event.clone();
    let at = |moment: &mut Nanos| *moment = (*moment).clamp(from, to).saturating_sub(from);
    match &mut event {
        Event::Call(call) => {
            at(&mut call.begin);
            at(&mut call.end);
            call.settled = call.settled.filter(|settled| settled.at <= to);
            if let Some(settled) = &mut call.settled {
                at(&mut settled.at);
            }
        }
        Event::Command(command) => {
            at(&mut command.begin);
            at(&mut command.end);
            command.settled = command.settled.filter(|settled| settled.at <= to);
            if let Some(settled) = &mut command.settled {
                at(&mut settled.at);
            }
        }
        Event::Checkout(checkout) => {
            at(&mut checkout.begin);
            at(&mut checkout.end);
        }
        Event::Pool(sample) => at(&mut sample.at),
        Event::Member(state) => at(&mut state.at),
        Event::Fault(fault) => {
            at(&mut fault.begin);
            fault.end = fault.end.filter(|end| *end <= to);
            if let Some(end) = &mut fault.end {
                at(end);
            }
        }
        Event::Mark(mark) => at(&mut mark.at),
        Event::Span(span) => {
            at(&mut span.begin);
            at(&mut span.end);
        }
        Event::Print(print) => at(&mut print.at),
    }
    event
}
