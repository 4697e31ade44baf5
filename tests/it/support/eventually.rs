use std::thread;
use std::time::{Duration, Instant};

/// How long something that ends at once may take on a machine that does much else: far less than what would block.
pub const AT_ONCE: Duration = Duration::from_secs(20);

/// Waits until something holds; ten seconds, which is far more than anything here needs on an idle machine.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    eventually_within(Duration::from_secs(10), what, holds);
}

/// Waits until something holds, and fails with its name when `limit` has passed.
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
