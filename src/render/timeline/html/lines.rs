//! How often each line of a script was called, and how long it took.

use std::collections::HashMap;

use crate::record::{Event, Nanos, Outcome, Recording, SourceText};

/// The calls of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineCalls {
    pub(super) count: u64,
    pub(super) total: Nanos,
    pub(super) worst: Nanos,
    pub(super) not_ok: u64,
}

/// Returns the calls of the lines of a source that made some.
///
/// A call inside the closure of another call counts for its own line and for the line of the other
/// call.
pub(super) fn line_calls(recording: &Recording, source: &SourceText) -> HashMap<u32, LineCalls> {
    let mut lines: HashMap<u32, LineCalls> = HashMap::new();
    for event in &recording.events {
        let Event::Call(call) = event else {
            continue;
        };
        let Some(place) = call
            .place
            .as_ref()
            .filter(|place| place.source == source.name)
        else {
            continue;
        };
        let line = lines.entry(place.line).or_default();
        let took = call.end.saturating_sub(call.begin);
        line.count += 1;
        line.total += took;
        line.worst = line.worst.max(took);
        line.not_ok += u64::from(call.outcome != Outcome::Ok);
    }
    lines
}
