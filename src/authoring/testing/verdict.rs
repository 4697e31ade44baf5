use std::time::Duration;

use super::snapshot::Snapshot;

/// What came of testing one script.
#[derive(Clone, Debug)]
pub struct TestVerdict {
    pub difference: Option<Difference>,
    /// Whether a new snapshot was written.
    pub accepted: bool,
    /// Why it was not run.
    pub skipped: Option<String>,
    pub took: Duration,
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// There is no snapshot to compare with.
    Missing { got: Snapshot },
    /// The script showed something else, or ended in another way.
    Changed { expected: Snapshot, got: Snapshot },
    /// The same script showed one thing and then another.
    Flaky {
        /// Which run it was, from 1, of how many.
        run: usize,
        of: usize,
        first: Snapshot,
        then: Snapshot,
    },
    /// It came to no end that could be compared; in words.
    NoEnd { why: String, shown: String },
}

impl TestVerdict {
    pub fn passed(&self) -> bool {
        self.difference.is_none() || self.accepted
    }
}
