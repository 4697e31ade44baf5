use std::time::Duration;

use super::snapshot::Snapshot;
use crate::record::Recording;

/// The result of testing one script.
#[derive(Clone, Debug)]
pub struct TestVerdict {
    pub difference: Option<Difference>,
    /// Whether a new snapshot was written.
    pub accepted: bool,
    /// The reason why it was not run.
    pub skipped: Option<String>,
    pub took: Duration,
    /// The recording of the last run.
    pub recording: Option<Recording>,
}

/// The reason why a test failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// There is no snapshot.
    Missing { got: Snapshot },
    /// The output or the exit code differs from the snapshot.
    Changed { expected: Snapshot, got: Snapshot },
    /// Two runs of the script gave different outputs.
    Flaky {
        /// The number of the differing run, from 1, and the number of runs.
        run: usize,
        of: usize,
        first: Snapshot,
        then: Snapshot,
    },
    /// The script did not end by itself.
    NoEnd { why: String, shown: String },
}

impl TestVerdict {
    pub fn passed(&self) -> bool {
        self.difference.is_none() || self.accepted
    }
}
