use std::sync::Arc;
use std::time::Duration;

use super::outcome::Outcome;
use super::value_id::ValueId;

/// One operation of a history.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The number of the task that ran it. The first one is 1.
    pub task: usize,
    pub action: Action,
    /// What is known about it. An operation that still runs is `Unknown`.
    pub outcome: Outcome,
    /// Its place in the order of all begins and ends.
    pub begin: u64,
    /// `None` if it has not ended.
    pub end: Option<u64>,
    /// The time since the start of the history.
    pub begin_at: Duration,
    pub end_at: Option<Duration>,
    /// The kind of its error.
    pub error: Option<String>,
}

/// What an operation does, with what a read returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Write {
        key: ValueId,
        value: ValueId,
    },
    Read {
        key: ValueId,
        value: Option<ValueId>,
    },
    Add {
        set: ValueId,
        element: ValueId,
    },
    ReadSet {
        set: ValueId,
        elements: Option<Arc<[ValueId]>>,
    },
}

impl Action {
    /// Returns whether it changes data.
    pub fn is_write(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::Add { .. })
    }

    /// Returns the key or the set.
    pub fn target(&self) -> ValueId {
        match self {
            Self::Write { key, .. } | Self::Read { key, .. } => *key,
            Self::Add { set, .. } | Self::ReadSet { set, .. } => *set,
        }
    }
}

impl Operation {
    /// Returns the latest moment at which it can take effect. An unknown write may take effect at
    /// any later time.
    pub fn last_effect(&self) -> u64 {
        match (self.outcome, self.end) {
            (Outcome::Ok | Outcome::Failed, Some(end)) => end,
            _ => u64::MAX,
        }
    }

    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }

    /// Returns whether it may have changed data.
    pub fn may_have_happened(&self) -> bool {
        self.outcome != Outcome::Failed
    }
}
