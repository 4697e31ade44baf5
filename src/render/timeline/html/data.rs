//! The recording in the form that the page's script reads: columns of small numbers, because a page
//! may have 200,000 events.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::record::{
    Call, Checkout, Command, Event, Fault, Nanos, Outcome, Recording, Settled, SettledBy,
};

/// The bodies of commands are left out of larger recordings.
const MOST_BODIES: usize = 10_000;

/// Returns the data as JSON.
pub(super) fn data(recording: &Recording) -> Value {
    let mut columns = Columns {
        with_bodies: recording.events.len() <= MOST_BODIES,
        ..Columns::default()
    };
    for event in &recording.events {
        columns.add(event);
    }
    columns.finish(recording)
}

/// Rows of numbers. Times are microseconds, begins are counted from the row before.
type Rows = Vec<Vec<i64>>;

#[derive(Default)]
struct Columns {
    with_bodies: bool,
    texts: Vec<String>,
    numbers: HashMap<String, i64>,
    calls: Rows,
    commands: Rows,
    checkouts: Rows,
    pools: Rows,
    members: Rows,
    faults: Rows,
    marks: Rows,
    spans: Rows,
    prints: Rows,
    /// The unknown outcomes that were settled: the table, the row, the moment, by what, the outcome.
    settled: Rows,
}

impl Columns {
    fn add(&mut self, event: &Event) {
        match event {
            Event::Call(call) => self.call(call),
            Event::Command(command) => self.command(command),
            Event::Checkout(checkout) => self.checkout(checkout),
            Event::Pool(sample) => self.pools.push(vec![
                sample.client.into(),
                micros(sample.at),
                sample.size.into(),
                sample.in_use.into(),
                sample.waiting.into(),
            ]),
            Event::Member(state) => {
                let row = vec![
                    state.client.into(),
                    micros(state.at),
                    self.text(&state.member),
                    self.text(&state.state),
                ];
                self.members.push(row);
            }
            Event::Fault(fault) => self.fault(fault),
            Event::Mark(mark) => {
                let line = mark.place.as_ref().map_or(0, |place| place.line);
                let row = vec![micros(mark.at), self.text(&mark.text), line.into()];
                self.marks.push(row);
            }
            Event::Span(span) => {
                let row = vec![
                    span.task.into(),
                    micros(span.begin),
                    length(span.begin, span.end),
                    self.text(&span.name),
                ];
                self.spans.push(row);
            }
            Event::Print(print) => {
                let line = print.place.as_ref().map_or(0, |place| place.line);
                let row = vec![micros(print.at), self.text(&print.text), line.into()];
                self.prints.push(row);
            }
        }
    }

    fn call(&mut self, call: &Call) {
        self.settle(0, self.calls.len(), call.settled);
        let (source, line) = match &call.place {
            Some(place) => (self.text(&place.source), place.line.into()),
            None => (0, 0),
        };
        let row = vec![
            call.id.into(),
            call.parent
                .map_or(0, |parent| 1 + i64::from(call.id) - i64::from(parent)),
            call.task.into(),
            source,
            line,
            self.text(&call.function),
            micros(call.begin),
            length(call.begin, call.end),
            outcome(call.outcome),
            self.optional(call.error.as_deref()),
        ];
        self.calls.push(row);
    }

    fn command(&mut self, command: &Command) {
        self.settle(1, self.commands.len(), command.settled);
        let body = match self.with_bodies {
            true => self.text(&command.body),
            false => 0,
        };
        let row = vec![
            command.id.into(),
            command.call.map_or(0, |call| 1 + i64::from(call)),
            command.client.into(),
            self.text(&command.member),
            command.connection.into(),
            self.text(&command.name),
            self.text(&command.namespace),
            micros(command.begin),
            length(command.begin, command.end),
            outcome(command.outcome),
            self.optional(command.error.as_deref()),
            command.retry_of.map_or(0, |retried| 1 + i64::from(retried)),
            body,
        ];
        self.commands.push(row);
    }

    fn checkout(&mut self, checkout: &Checkout) {
        let row = vec![
            checkout.call.map_or(0, |call| 1 + i64::from(call)),
            checkout.client.into(),
            micros(checkout.begin),
            length(checkout.begin, checkout.end),
            i64::from(checkout.connection.is_some()),
        ];
        self.checkouts.push(row);
    }

    fn fault(&mut self, fault: &Fault) {
        let row = vec![
            self.text(fault.kind.name()),
            self.text(&fault.target),
            micros(fault.begin),
            fault.end.map_or(-1, |end| length(fault.begin, end)),
            fault.call.map_or(0, |call| 1 + i64::from(call)),
            fault
                .fired
                .map_or(-1, |fired| i64::try_from(fired).unwrap_or(i64::MAX)),
        ];
        self.faults.push(row);
    }

    fn settle(&mut self, table: i64, row: usize, settled: Option<Settled>) {
        let Some(settled) = settled else {
            return;
        };
        let by = match settled.by {
            SettledBy::Retry => 0,
            SettledBy::Majority => 1,
        };
        let row = i64::try_from(row).unwrap_or(i64::MAX);
        let at = micros(settled.at);
        self.settled
            .push(vec![table, row, at, by, outcome(settled.outcome)]);
    }

    /// Returns the number of a text. 0 is the empty text.
    fn text(&mut self, text: &str) -> i64 {
        if text.is_empty() {
            return 0;
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = i64::try_from(self.texts.len()).unwrap_or(i64::MAX);
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn optional(&mut self, text: Option<&str>) -> i64 {
        text.map_or(0, |text| self.text(text))
    }

    fn finish(mut self, recording: &Recording) -> Value {
        let sources: Vec<i64> = recording
            .sources
            .iter()
            .map(|source| self.text(&source.name))
            .collect();
        let clients: Vec<Value> = recording
            .clients
            .iter()
            .map(|client| json!([client.id, client.shown(), client.max_pool_size]))
            .collect();
        let tasks: Vec<Value> = recording
            .tasks
            .iter()
            .map(|task| json!([task.id, task.kind]))
            .collect();
        json!({
            "began": recording.began_unix_ns / 1_000_000,
            "duration": micros(recording.duration),
            "sources": sources,
            "clients": clients,
            "tasks": tasks,
            "calls": turned(self.calls, &[0, 6]),
            "commands": turned(self.commands, &[0, 7]),
            "checkouts": turned(self.checkouts, &[2]),
            "pools": turned(self.pools, &[1]),
            "members": turned(self.members, &[1]),
            "faults": turned(self.faults, &[2]),
            "marks": turned(self.marks, &[0]),
            "spans": turned(self.spans, &[1]),
            "prints": turned(self.prints, &[0]),
            "settled": self.settled,
            "texts": self.texts,
        })
    }
}

/// Turns rows into columns. The columns in `counted` become differences to the row before.
fn turned(rows: Rows, counted: &[usize]) -> Vec<Vec<i64>> {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns = vec![Vec::with_capacity(rows.len()); width];
    let mut before = vec![0; width];
    for row in rows {
        for (index, value) in row.into_iter().enumerate() {
            let stored = match counted.contains(&index) {
                true => value - before[index],
                false => value,
            };
            before[index] = value;
            columns[index].push(stored);
        }
    }
    columns
}

fn micros(nanos: Nanos) -> i64 {
    i64::try_from(nanos / 1000).unwrap_or(i64::MAX)
}

fn length(begin: Nanos, end: Nanos) -> i64 {
    micros(end.saturating_sub(begin))
}

fn outcome(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Ok => 0,
        Outcome::Failed => 1,
        Outcome::Unknown => 2,
    }
}
