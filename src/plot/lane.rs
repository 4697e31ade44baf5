/// One row of a picture: the operations of one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub name: String,
    pub operations: Vec<LaneOperation>,
}

/// A stretch of a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneOperation {
    pub label: String,
    pub from: f64,
    pub to: f64,
    pub outcome: LaneOutcome,
}

/// What is known about the effect of an operation. Where operations cover each other, the later one
/// of this list is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneOutcome {
    Ok,
    Failed,
    Unknown,
}

impl LaneOutcome {
    pub const ALL: [Self; 3] = [Self::Ok, Self::Failed, Self::Unknown];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl Lane {
    /// Returns how many operations have this outcome.
    pub fn count(&self, outcome: LaneOutcome) -> usize {
        let operations = self.operations.iter();
        operations
            .filter(|operation| operation.outcome == outcome)
            .count()
    }

    /// Returns the operations in the order in which they are drawn.
    pub(super) fn drawn(&self) -> Vec<&LaneOperation> {
        let mut operations: Vec<&LaneOperation> = self.operations.iter().collect();
        operations.sort_by_key(|operation| operation.outcome);
        operations
    }

    /// Returns the lane as words: `task 1: 20 operations, 2 failed`.
    pub(super) fn description(&self) -> String {
        let count = self.operations.len();
        let unit = if count == 1 {
            "operation"
        } else {
            "operations"
        };
        let mut text = format!("{}: {count} {unit}", self.name);
        for outcome in [LaneOutcome::Failed, LaneOutcome::Unknown] {
            match self.count(outcome) {
                0 => {}
                count => text.push_str(&format!(", {count} {}", outcome.name())),
            }
        }
        text
    }
}
