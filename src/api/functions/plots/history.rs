//! The picture of a history: one lane for each task, the outcomes as colours, the faults as bands.

use std::time::{Duration, Instant};

use crate::api::handles::history::History;
use crate::api::run::fault_log::FaultLog;
use crate::history::{Operation, Outcome};
use crate::plot::{Axis, Band, Content, Lane, LaneOperation, LaneOutcome, Plot};

/// More tasks have no lane.
const MOST_TASKS: usize = 40;

/// Returns the operations over time. An operation that has not ended reaches to the end.
pub(super) fn plot(history: &History, faults: &FaultLog) -> Plot {
    let operations = history.operations();
    let times = operations.iter();
    let end = times.map(|operation| operation.end_at.unwrap_or(operation.begin_at));
    let end = end.max().unwrap_or_default();
    let mut lanes: Vec<Lane> = Vec::new();
    for operation in &operations {
        // Tasks are numbered from 1, in the order of their first operations.
        if operation.task > lanes.len() && operation.task <= MOST_TASKS {
            lanes.push(Lane {
                name: format!("task {}", operation.task),
                operations: Vec::new(),
            });
        }
        if let Some(lane) = lanes.get_mut(operation.task - 1) {
            lane.operations.push(of_operation(history, operation, end));
        }
    }
    Plot {
        title: title(&operations),
        x: Axis::new("time", "ms"),
        y: Axis::default(),
        content: Content::Lanes(lanes),
        bands: bands(history.start(), end, faults),
        limits: Vec::new(),
    }
}

fn title(operations: &[Operation]) -> String {
    let count = operations.len();
    let unit = if count == 1 {
        "operation"
    } else {
        "operations"
    };
    let tasks = operations.iter().map(|operation| operation.task).max();
    match tasks {
        Some(tasks) if tasks > MOST_TASKS => {
            format!("history, {count} {unit}, {MOST_TASKS} of {tasks} tasks")
        }
        _ => format!("history, {count} {unit}"),
    }
}

fn of_operation(history: &History, operation: &Operation, end: Duration) -> LaneOperation {
    LaneOperation {
        label: history.label(operation),
        from: milliseconds(operation.begin_at),
        to: milliseconds(operation.end_at.unwrap_or(end)),
        outcome: match operation.outcome {
            Outcome::Ok => LaneOutcome::Ok,
            Outcome::Failed => LaneOutcome::Failed,
            Outcome::Unknown => LaneOutcome::Unknown,
        },
    }
}

/// Returns the faults that were on between the start of the history and its last operation.
fn bands(start: Instant, end: Duration, faults: &FaultLog) -> Vec<Band> {
    let faults = faults.all();
    let since_start = |time: Instant| time.saturating_duration_since(start).min(end);
    let was_on = |band: &Band| band.from < milliseconds(end) && band.to > 0.0;
    let band = faults.iter().map(|fault| Band {
        label: fault.label.clone(),
        from: milliseconds(since_start(fault.begin)),
        to: milliseconds(fault.ended().map_or(end, since_start)),
    });
    band.filter(was_on).collect()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
