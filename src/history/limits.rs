use std::time::{Duration, Instant};

/// The limits of a search.
pub struct Limits<'a> {
    deadline: Instant,
    seconds: f64,
    is_stopped: &'a dyn Fn() -> bool,
}

/// The maximum number of states that a search remembers.
pub(super) const MOST_STATES: usize = 2_000_000;

impl<'a> Limits<'a> {
    /// Returns limits that end after `time`, or earlier if `is_stopped` returns `true`.
    pub fn new(time: Duration, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let now = Instant::now();
        Self {
            deadline: now.checked_add(time).unwrap_or(now),
            seconds: time.as_secs_f64(),
            is_stopped,
        }
    }

    pub(super) fn are_exceeded(&self) -> bool {
        Instant::now() >= self.deadline || (self.is_stopped)()
    }

    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }
}
