use std::collections::HashMap;

use super::{OpTime, Outcome, Settled, SettledBy};

/// The commands with an unknown outcome, and what settled them.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    open: Vec<OpenOutcome>,
    settled: HashMap<u32, Settled>,
}

#[derive(Debug)]
struct OpenOutcome {
    command: u32,
    retry_of: Option<u32>,
    /// The number of its event.
    event: u64,
    deployment: u32,
    op_time: Option<OpTime>,
}

/// A command whose outcome became known: the number of its event, and how.
pub(super) type NowSettled = (u64, Settled);

impl Unsettled {
    /// Adds a command with an unknown outcome.
    pub(super) fn add(
        &mut self,
        command: u32,
        retry_of: Option<u32>,
        event: u64,
        deployment: u32,
        op_time: Option<OpTime>,
    ) {
        self.open.push(OpenOutcome {
            command,
            retry_of,
            event,
            deployment,
            op_time,
        });
    }

    /// Settles a command and those that it repeated, because its own retry has an outcome.
    pub(super) fn retried(&mut self, command: u32, outcome: Outcome, at: u64) -> Vec<NowSettled> {
        let mut next = Some(command);
        let mut now_settled = Vec::new();
        while let Some(command) = next {
            let place = self.open.iter().position(|open| open.command == command);
            let Some(place) = place else {
                break;
            };
            let open = self.open.swap_remove(place);
            next = open.retry_of;
            now_settled.push(self.settle(&open, SettledBy::Retry, outcome, at));
        }
        now_settled
    }

    /// Settles the writes that a majority has replicated up to `reached`.
    pub(super) fn replicated(
        &mut self,
        deployment: u32,
        reached: OpTime,
        at: u64,
    ) -> Vec<NowSettled> {
        let covered = |open: &mut OpenOutcome| {
            open.deployment == deployment && open.op_time.is_some_and(|time| reached.covers(time))
        };
        let covered: Vec<OpenOutcome> = self.open.extract_if(.., covered).collect();
        covered
            .iter()
            .map(|open| self.settle(open, SettledBy::Majority, Outcome::Ok, at))
            .collect()
    }

    fn settle(
        &mut self,
        open: &OpenOutcome,
        by: SettledBy,
        outcome: Outcome,
        at: u64,
    ) -> NowSettled {
        let settled = Settled { at, by, outcome };
        self.settled.insert(open.command, settled);
        (open.event, settled)
    }

    /// Returns how a command was settled.
    pub(super) fn settlement(&self, command: u32) -> Option<Settled> {
        self.settled.get(&command).copied()
    }
}
