//! The search for an order of the operations: the algorithm of Wing and Gong, with the cache of
//! Lowe.

use std::collections::HashSet;

use super::key_history::{Effect, KeyHistory};
use super::state::State;
use crate::history::limits::{Limits, MOST_STATES};

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    Linearizable,
    NotLinearizable,
    Undecided(String),
}

/// How many states to visit between two looks at the clock.
const CHECK_EVERY: usize = 64;

/// Searches an order in which every read returns the value of the last write before it.
///
/// Each operation takes effect at one moment between its begin and its end. Three rules keep the
/// number of states small. A read that fits takes effect immediately, since it changes nothing. An
/// optional write is tried only if a read that may come next returns its value: otherwise it could
/// as well come later, or never. Of several optional writes of one value only the first is tried.
pub fn search(history: &KeyHistory, limits: &Limits) -> Search {
    let mut seen: HashSet<State, ahash::RandomState> = HashSet::default();
    let mut stack = vec![State::start()];
    let mut visited = 0usize;
    while let Some(mut state) = stack.pop() {
        let mut next = Next::of(history, &state);
        while let Some(place) = next.fitting_read(history, &state) {
            state.take(place, state.value);
            next = Next::of(history, &state);
        }
        if state.floor == history.required.len() {
            return Search::Linearizable;
        }
        if !seen.insert(state.clone()) {
            continue;
        }
        visited += 1;
        if visited.is_multiple_of(CHECK_EVERY) && limits.are_exceeded() {
            return Search::Undecided(format!(
                "the search for an order of the operations did not end within {} s; `within` sets this time",
                limits.seconds()
            ));
        }
        if seen.len() > MOST_STATES {
            return Search::Undecided(format!(
                "too many operations on one key ran at the same time: {MOST_STATES} states were searched"
            ));
        }
        next.push_successors(history, &state, &mut stack);
    }
    Search::NotLinearizable
}

/// The operations that may take effect next.
struct Next {
    /// The places of required operations.
    required: Vec<usize>,
    /// The first moment at which one of them must have taken effect.
    until: u64,
}

impl Next {
    fn of(history: &KeyHistory, state: &State) -> Self {
        let mut until = u64::MAX;
        let mut required = Vec::new();
        for (place, effect) in history.required.iter().enumerate().skip(state.floor) {
            if effect.begin > until {
                break;
            }
            if !state.has_required(place) {
                until = until.min(effect.end);
                required.push(place);
            }
        }
        required.retain(|place| history.required[*place].begin < until);
        Self { required, until }
    }

    fn fitting_read(&self, history: &KeyHistory, state: &State) -> Option<usize> {
        let mut places = self.required.iter().copied();
        places.find(|place| {
            let effect = &history.required[*place];
            !effect.is_write && effect.value == state.value
        })
    }

    /// Pushes the states after each write that may come next. The one on top is tried first: the
    /// write that ends first, then optional writes.
    fn push_successors(&self, history: &KeyHistory, state: &State, stack: &mut Vec<State>) {
        let mut wanted: Vec<_> = self
            .effects(history)
            .filter(|(_, effect)| !effect.is_write)
            .map(|(_, effect)| effect.value)
            .collect();
        for (place, write) in history.optional.iter().enumerate() {
            if write.begin > self.until {
                break;
            }
            if state.has_used(place) {
                continue;
            }
            if wanted.contains(&write.value) {
                wanted.retain(|value| *value != write.value);
                let mut next = state.clone();
                next.take_optional(place, write.value);
                stack.push(next);
            }
        }
        let mut writes: Vec<_> = self
            .effects(history)
            .filter(|(_, effect)| effect.is_write)
            .collect();
        writes.sort_by_key(|(_, write)| std::cmp::Reverse(write.end));
        for (place, write) in writes {
            let mut next = state.clone();
            next.take(place, write.value);
            stack.push(next);
        }
    }

    fn effects<'a>(&self, history: &'a KeyHistory) -> impl Iterator<Item = (usize, &'a Effect)> {
        let places = self.required.iter();
        places.map(|place| (*place, &history.required[*place]))
    }
}
