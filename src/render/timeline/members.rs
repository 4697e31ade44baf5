//! The states that the members of a recording were in.

use std::collections::BTreeMap;

use crate::record::{Event, MemberState, Nanos, Recording};

/// A stretch of time in which a member had one state.
pub(super) struct Stretch<'a> {
    pub(super) state: &'a str,
    pub(super) begin: Nanos,
    pub(super) end: Nanos,
}

/// Returns the states of each member over time, as the client sees them that knew the member first.
pub(super) fn stretches(recording: &Recording) -> BTreeMap<&str, Vec<Stretch<'_>>> {
    let mut states: BTreeMap<&str, Vec<&MemberState>> = BTreeMap::new();
    for event in &recording.events {
        if let Event::Member(state) = event {
            let known = states.entry(&state.member).or_default();
            if known
                .first()
                .is_none_or(|first| first.client == state.client)
            {
                known.push(state);
            }
        }
    }
    let members = states.into_iter().map(|(member, states)| {
        let ends = states.iter().skip(1).map(|state| state.at);
        let ends = ends.chain([recording.duration]);
        let stretches = states.iter().zip(ends).map(|(state, end)| Stretch {
            state: &state.state,
            begin: state.at,
            end,
        });
        (member, stretches.collect())
    });
    members.collect()
}
