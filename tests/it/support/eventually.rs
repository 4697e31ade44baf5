use std::thread;
use std::time::{Duration, Instant};

/// The limit for what should end at once. It is long, because the machine may be busy, but much
/// shorter than the operation that was ended.
pub const AT_ONCE: Duration = Duration::from_secs(20);

/// Waits up to ten seconds until the condition holds.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    eventually_within(Duration::from_secs(10), what, holds);
}

/// Waits until the condition holds, and panics with its name after `limit`.
pub fn eventually_within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + limit;
    while !holds() {
        assert!(
            Instant::now() < end,
            "did not happen within {limit:?}: {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}
