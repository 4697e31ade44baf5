use serde::{Deserialize, Serialize};

use super::Nanos;

/// What is known about the effect of a call or a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It succeeded.
    Ok,
    /// It failed, and it surely changed nothing more than the server reported.
    Failed,
    /// It may have been applied: the answer was lost, or the durability was not confirmed in time.
    Unknown,
}

/// How and when an unknown outcome became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub at: Nanos,
    pub by: SettledBy,
    /// `Ok` if the write was applied, `Failed` if it was not.
    pub outcome: Outcome,
}

/// What settled an unknown outcome. What nothing settles stays unknown until the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettledBy {
    /// The driver's retry of the same write, with the same transaction number.
    Retry,
    /// A majority of the members has replicated the write.
    Majority,
}
