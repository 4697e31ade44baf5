//! The displays of a run, and how often their updates are shown.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::event::Event;
use super::rich_value::RichValue;

/// The shortest time between two updates that are shown.
pub const PAUSE: Duration = Duration::from_millis(100);

/// What a front end can do with an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayUpdates {
    /// It replaces the value that it showed, so it gets some updates each second.
    InPlace,
    /// It can only append, so it gets the last update when the run ends.
    AtTheEnd,
}

/// The displays of a run.
pub struct Displays {
    updates: DisplayUpdates,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of displays so far.
    count: usize,
    /// The updates that are not shown yet, by display.
    pending: BTreeMap<usize, RichValue>,
    last: Option<Instant>,
}

/// When the pending updates are to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Now,
    /// After this time. The caller that gets this answer takes care of it; other callers get
    /// [`Due::Later`].
    In(Duration),
    Later,
}

impl Displays {
    pub fn new(updates: DisplayUpdates) -> Self {
        Self {
            updates,
            state: Mutex::default(),
        }
    }

    /// Returns the id of a new display.
    pub fn next_id(&self) -> usize {
        let mut state = self.lock();
        state.count += 1;
        state.count
    }

    /// Stores an update, and returns when to call [`take`](Self::take).
    pub fn update(&self, id: usize, value: RichValue) -> Due {
        let mut state = self.lock();
        let was_empty = state.pending.is_empty();
        state.pending.insert(id, value);
        if self.updates == DisplayUpdates::AtTheEnd {
            return Due::Later;
        }
        let passed = state.last.map_or(PAUSE, |last| last.elapsed());
        match PAUSE.checked_sub(passed).filter(|left| !left.is_zero()) {
            None => Due::Now,
            Some(left) if was_empty => Due::In(left),
            Some(_) => Due::Later,
        }
    }

    /// Returns the pending updates if they must be shown before other output.
    pub fn take_before_output(&self) -> Vec<Event> {
        match self.updates {
            DisplayUpdates::InPlace => self.take(),
            DisplayUpdates::AtTheEnd => Vec::new(),
        }
    }

    /// Returns the pending updates, which count as shown.
    pub fn take(&self) -> Vec<Event> {
        let mut state = self.lock();
        if state.pending.is_empty() {
            return Vec::new();
        }
        state.last = Some(Instant::now());
        let pending = std::mem::take(&mut state.pending).into_iter();
        pending
            .map(|(id, value)| Event::Display {
                id,
                value,
                is_update: true,
            })
            .collect()
    }

    /// Locks also after a panic: the state is never half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use rhai::Dynamic;

    use super::*;

    fn number(value: i64) -> RichValue {
        RichValue::Value(Dynamic::from_int(value))
    }

    fn shown(events: &[Event]) -> Vec<String> {
        events.iter().map(|event| format!("{event:?}")).collect()
    }

    #[test]
    fn quick_updates_wait_and_the_last_one_is_kept() {
        let displays = Displays::new(DisplayUpdates::InPlace);
        let id = displays.next_id();
        assert_eq!(displays.update(id, number(1)), Due::Now);
        assert_eq!(displays.take().len(), 1);
        assert!(matches!(
            displays.update(id, number(2)),
            Due::In(_) | Due::Now
        ));
        displays.update(id, number(3));
        let events = shown(&displays.take());
        assert_eq!(events.len(), 1);
        assert!(events[0].contains("Value(3)"), "{events:?}");
        assert!(displays.take().is_empty());
    }

    #[test]
    fn without_replacing_only_the_last_update_is_shown() {
        let displays = Displays::new(DisplayUpdates::AtTheEnd);
        let id = displays.next_id();
        assert_eq!(displays.update(id, number(1)), Due::Later);
        assert_eq!(displays.update(id, number(2)), Due::Later);
        assert!(displays.take_before_output().is_empty());
        assert_eq!(displays.take().len(), 1);
    }
}
