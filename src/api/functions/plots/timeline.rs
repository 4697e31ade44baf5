//! The picture of a recording: one lane for each task and each client, the outcomes as colours, the
//! faults as bands.

use std::collections::{BTreeMap, HashSet};

use crate::plot::{Axis, Band, Content, Lane, LaneOperation, LaneOutcome, Plot};
use crate::record::{Event, Nanos, Outcome, Recording};

/// More tasks or clients have no lane.
const MOST_LANES: usize = 40;

/// Returns the calls of each task, below them the commands of each client.
pub fn plot(recording: &Recording) -> Plot {
    let parents: HashSet<u32> = recording.events.iter().filter_map(parent).collect();
    // Tasks come before clients.
    let mut lanes: BTreeMap<(bool, u32), Vec<LaneOperation>> = BTreeMap::new();
    let mut bands = Vec::new();
    for event in &recording.events {
        match event {
            // A call that contains others is as long as they are.
            Event::Call(call) if !parents.contains(&call.id) => {
                let mut label = call.function.to_string();
                if let Some(place) = &call.place {
                    label.push_str(&format!(", line {}", place.line));
                }
                let operation = operation(label, call.begin, call.end, call.outcome);
                lanes.entry((false, call.task)).or_default().push(operation);
            }
            Event::Command(command) => {
                let label = format!("{} {}", command.name, command.namespace);
                let operation = operation(label, command.begin, command.end, command.outcome);
                let client = (true, command.client);
                lanes.entry(client).or_default().push(operation);
            }
            Event::Fault(fault) => bands.push(Band {
                label: fault.name(),
                from: milliseconds(fault.begin),
                to: milliseconds(fault.end.unwrap_or(recording.duration)),
            }),
            _ => {}
        }
    }
    let lanes = lanes.into_iter().take(MOST_LANES);
    let lanes = lanes.map(|((is_client, id), operations)| Lane {
        name: match is_client {
            true => recording.client_name(id),
            false => recording.task_name(id),
        },
        operations,
    });
    Plot {
        title: format!("Timeline of {}", recording.title),
        x: Axis::new("time", "ms"),
        y: Axis::default(),
        content: Content::Lanes(lanes.collect()),
        bands,
        limits: Vec::new(),
    }
}

fn parent(event: &Event) -> Option<u32> {
    match event {
        Event::Call(call) => call.parent,
        _ => None,
    }
}

fn operation(label: String, begin: Nanos, end: Nanos, outcome: Outcome) -> LaneOperation {
    LaneOperation {
        label,
        from: milliseconds(begin),
        to: milliseconds(end),
        outcome: match outcome {
            Outcome::Ok => LaneOutcome::Ok,
            Outcome::Failed => LaneOutcome::Failed,
            Outcome::Unknown => LaneOutcome::Unknown,
        },
    }
}

fn milliseconds(time: Nanos) -> f64 {
    time as f64 / 1e6
}
