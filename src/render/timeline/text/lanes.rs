use std::collections::{BTreeMap, HashSet};

use anstyle::{AnsiColor, Style};

use super::row::Row;
use super::scale::{Scale, grouped};
use crate::record::{
    Call, Event, Fault, MemberState, Nanos, Outcome, PoolSample, Recording, short_member,
};

/// The maximum number of calls with a row of their own.
const MOST_CALLS: usize = 12;
/// The maximum number of rows for tasks.
const MOST_TASKS: usize = 8;

const OK: Style = AnsiColor::Blue.on_default();
const FAILED: Style = AnsiColor::Magenta.on_default();
const UNKNOWN: Style = AnsiColor::Yellow.on_default();
const FAULT: Style = AnsiColor::Red.on_default();
const QUIET: Style = AnsiColor::BrightBlack.on_default();

/// Bars of growing height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A row of the timeline with its label and the line of the script.
pub(super) struct Lane {
    pub label: String,
    pub row: Row,
    pub line: Option<u32>,
}

/// Makes the rows of a timeline.
pub(super) struct Lanes<'a> {
    recording: &'a Recording,
    scale: Scale,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(recording: &'a Recording, scale: Scale) -> Self {
        Self { recording, scale }
    }

    pub(super) fn all(&self) -> Vec<Lane> {
        let mut lanes = self.tasks();
        lanes.extend(self.marks());
        lanes.extend(self.notable_calls());
        lanes.extend(self.members());
        lanes.extend(self.faults());
        lanes.extend(self.pools());
        lanes
    }

    fn events<T: 'a>(
        &self,
        pick: impl Fn(&'a Event) -> Option<&'a T>,
    ) -> impl Iterator<Item = &'a T> {
        self.recording.events.iter().filter_map(pick)
    }

    /// Returns the calls that contain no other call: what the script really waited for.
    fn innermost_calls(&self) -> Vec<&'a Call> {
        let calls = || {
            self.events(|event| match event {
                Event::Call(call) => Some(call),
                _ => None,
            })
        };
        let parents: HashSet<u32> = calls().filter_map(|call| call.parent).collect();
        calls().filter(|call| !parents.contains(&call.id)).collect()
    }

    /// Returns a row for each task. Where calls share a column, the worst outcome is shown.
    fn tasks(&self) -> Vec<Lane> {
        let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
        let mut calls = self.innermost_calls();
        calls.sort_by_key(|call| rank(call.outcome));
        for call in calls {
            let row = rows
                .entry(call.task)
                .or_insert_with(|| Row::new(self.scale.width));
            self.bar(row, call);
        }
        let tasks = rows.into_iter().take(MOST_TASKS).map(|(task, row)| {
            let known = self.recording.tasks.iter().find(|known| known.id == task);
            let label = match known {
                Some(known) if task > 0 => {
                    format!("{} {task}", &known.kind[..known.kind.len().min(4)])
                }
                _ => "script".to_owned(),
            };
            Lane {
                label,
                row,
                line: None,
            }
        });
        tasks.collect()
    }

    /// Draws a call: its time, and for an unknown outcome also the time until it became known.
    fn bar(&self, row: &mut Row, call: &Call) -> std::ops::Range<usize> {
        let mut columns = self.scale.columns(call.begin, call.end);
        let (letter, style) = match call.outcome {
            Outcome::Ok => ('█', OK),
            Outcome::Failed => ('x', FAILED),
            Outcome::Unknown => ('░', UNKNOWN),
        };
        row.fill(columns.clone(), letter, style);
        if call.outcome == Outcome::Unknown {
            let end = call
                .settled
                .map_or(self.recording.duration, |settled| settled.at);
            let until = self.scale.columns(call.end, end.max(call.end));
            row.fill(until.clone(), '?', style);
            columns.end = until.end;
        }
        columns
    }

    /// Returns a row for each call that failed, has an unknown outcome, or took long.
    fn notable_calls(&self) -> Vec<Lane> {
        let slow = self.recording.duration / 20;
        let mut calls = self.innermost_calls();
        calls.retain(|call| call.outcome != Outcome::Ok || call.end - call.begin > slow);
        calls.sort_by_key(|call| std::cmp::Reverse((rank(call.outcome), call.end - call.begin)));
        calls.truncate(MOST_CALLS);
        calls.sort_by_key(|call| call.begin);
        calls.into_iter().map(|call| self.notable(call)).collect()
    }

    fn notable(&self, call: &Call) -> Lane {
        let mut row = Row::new(self.scale.width);
        let columns = self.bar(&mut row, call);
        let mut words = match &call.error {
            None => format!("{} {} ms", call.function, millis(call.end - call.begin)),
            Some(error) => format!("{} {error}", call.function),
        };
        if let Some(settled) = call.settled {
            words.push_str(match settled.outcome {
                Outcome::Failed => ", then not applied",
                _ => ", then applied",
            });
        }
        row.write_beside(&columns, &words, Style::new());
        let line = call.place.as_ref().map(|place| place.line);
        Lane {
            label: String::new(),
            row,
            line,
        }
    }

    fn marks(&self) -> Option<Lane> {
        let mut row = Row::new(self.scale.width);
        let mut any = false;
        for event in &self.recording.events {
            let (at, text) = match event {
                Event::Mark(mark) => (mark.at, &mark.text),
                Event::Span(span) if span.task == 0 => (span.begin, &span.name),
                _ => continue,
            };
            any = true;
            let column = self.scale.column(at);
            row.write_beside(&(column..column + 1), text, QUIET);
            row.fill(column..column + 1, '▼', QUIET);
        }
        any.then(|| Lane {
            label: "marks".to_owned(),
            row,
            line: None,
        })
    }

    /// Returns a ribbon for each member, as the client sees it that saw the most changes.
    fn members(&self) -> Vec<Lane> {
        let states = || {
            self.events(|event| match event {
                Event::Member(state) => Some(state),
                _ => None,
            })
        };
        let mut changes: BTreeMap<u32, usize> = BTreeMap::new();
        for state in states() {
            *changes.entry(state.client).or_default() += 1;
        }
        let Some((client, _)) = changes.into_iter().max_by_key(|(_, count)| *count) else {
            return Vec::new();
        };
        let mut members: BTreeMap<&str, Vec<&MemberState>> = BTreeMap::new();
        for state in states().filter(|state| state.client == client) {
            members.entry(&state.member).or_default().push(state);
        }
        // A single server that stays as it is says nothing.
        if members.len() == 1 && members.values().all(|states| states.len() < 2) {
            return Vec::new();
        }
        members
            .into_iter()
            .map(|(member, states)| self.ribbon(member, &states))
            .collect()
    }

    fn ribbon(&self, member: &str, states: &[&MemberState]) -> Lane {
        let mut row = Row::new(self.scale.width);
        for (index, state) in states.iter().enumerate() {
            let end = states
                .get(index + 1)
                .map_or(self.recording.duration, |next| next.at);
            let columns = self.scale.columns(state.at, end);
            let (letter, style, name) = match &*state.state {
                "primary" => ('━', Style::new().bold(), "PRIMARY".to_owned()),
                "down" => ('╴', FAULT, "down".to_owned()),
                other => ('─', Style::new(), other.to_owned()),
            };
            row.fill(columns.clone(), letter, style);
            row.write(columns.start, columns.end, &name, style);
        }
        Lane {
            label: short_member(member),
            row,
            line: None,
        }
    }

    fn faults(&self) -> Vec<Lane> {
        let faults = self.events(|event| match event {
            Event::Fault(fault) => Some(fault),
            _ => None,
        });
        let calls = self.recording.calls();
        let lane = |fault: &Fault| {
            let mut row = Row::new(self.scale.width);
            let end = fault.end.unwrap_or(self.recording.duration);
            let columns = self.scale.columns(fault.begin, end);
            row.fill(columns.clone(), '▒', FAULT);
            let fired = match fault.fired {
                Some(1) => ", fired once".to_owned(),
                Some(times) => format!(", fired {times} times"),
                None => String::new(),
            };
            let words = format!("{}{fired}", fault.name());
            row.write_beside(&columns, &words, FAULT);
            let call = fault.call.and_then(|call| calls.get(&call));
            let line = call
                .and_then(|call| call.place.as_ref())
                .map(|place| place.line);
            Lane {
                label: "fault".to_owned(),
                row,
                line,
            }
        };
        faults.take(MOST_CALLS).map(lane).collect()
    }

    /// Returns a chart of the connections in use for each client that used more than one.
    fn pools(&self) -> Vec<Lane> {
        let samples = self.events(|event| match event {
            Event::Pool(sample) => Some(sample),
            _ => None,
        });
        let mut pools: BTreeMap<u32, Vec<&PoolSample>> = BTreeMap::new();
        for sample in samples {
            pools.entry(sample.client).or_default().push(sample);
        }
        pools.retain(|_, samples| {
            samples
                .iter()
                .any(|sample| sample.in_use + sample.waiting > 1)
        });
        pools
            .into_iter()
            .map(|(client, samples)| self.pool(client, &samples))
            .collect()
    }

    fn pool(&self, client: u32, samples: &[&PoolSample]) -> Lane {
        let mut row = Row::new(self.scale.width);
        let most = samples
            .iter()
            .map(|sample| sample.in_use)
            .max()
            .unwrap_or(0);
        let waiting = samples
            .iter()
            .map(|sample| sample.waiting)
            .max()
            .unwrap_or(0);
        let mut columns = vec![0; self.scale.width];
        for (index, sample) in samples.iter().enumerate() {
            let end = samples
                .get(index + 1)
                .map_or(self.recording.duration, |next| next.at);
            for column in self.scale.columns(sample.at, end) {
                columns[column] = sample.in_use.max(columns[column]);
            }
        }
        for (column, in_use) in columns.into_iter().enumerate() {
            let height = (in_use * 8).div_ceil(most.max(1)) as usize;
            let letter = height
                .checked_sub(1)
                .map_or(' ', |height| BARS[height.min(7)]);
            row.fill(column..column + 1, letter, OK);
        }
        let known = self
            .recording
            .clients
            .iter()
            .find(|known| known.id == client);
        let limit = known.map_or(0, |known| known.max_pool_size);
        let of = if limit > 0 {
            format!(" of {limit}")
        } else {
            String::new()
        };
        let mut words = format!("{most}{of} in use");
        if waiting > 0 {
            words.push_str(&format!(", {waiting} waiting"));
        }
        let start = self.scale.width.saturating_sub(words.chars().count() + 1);
        row.write(start, self.scale.width, &format!(" {words}"), Style::new());
        Lane {
            label: format!("pool {client}"),
            row,
            line: None,
        }
    }
}

/// Returns the order in which outcomes cover each other.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Ok => 0,
        Outcome::Failed => 1,
        Outcome::Unknown => 2,
    }
}

fn millis(time: Nanos) -> String {
    grouped(time as f64 / 1e6)
}
