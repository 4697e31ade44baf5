use serde::{Deserialize, Serialize};

use super::{Name, Nanos, short_member};

/// A fault that the script made on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// The address of the member, or what else is affected, such as the commands of a fail point.
    pub target: Name,
    /// The call that made it.
    pub call: Option<u32>,
    pub begin: Nanos,
    /// `None` if it lasted until the end of the recording.
    pub end: Option<Nanos>,
    /// How often it made a command fail or wait, if that is known.
    pub fired: Option<u64>,
}

impl Fault {
    /// Returns what was done and to what, for example `kill m0`.
    pub fn name(&self) -> String {
        format!("{} {}", self.kind.name(), short_member(&self.target))
    }

    pub fn lasts_at(&self, at: Nanos) -> bool {
        self.begin <= at && self.end.is_none_or(|end| at <= end)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    Kill,
    Stop,
    Pause,
    StopReplication,
    StepDown,
    FailPoint,
    Network,
}

impl FaultKind {
    /// Returns its name, as in scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::StopReplication => "stop_replication",
            Self::StepDown => "step_down",
            Self::FailPoint => "fail_point",
            Self::Network => "network",
        }
    }
}
