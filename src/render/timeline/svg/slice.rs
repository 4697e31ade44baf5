use crate::record::{Call, Command, Nanos, Outcome, Settled};

/// A stretch of a lane.
pub(super) struct Slice<'a> {
    pub name: &'a str,
    pub begin: Nanos,
    pub end: Nanos,
    pub outcome: Outcome,
    pub settled: Option<Settled>,
}

impl<'a> Slice<'a> {
    pub(super) fn of_call(call: &'a Call) -> Self {
        Self {
            name: &call.function,
            begin: call.begin,
            end: call.end,
            outcome: call.outcome,
            settled: call.settled,
        }
    }

    pub(super) fn of_command(command: &'a Command) -> Self {
        Self {
            name: &command.name,
            begin: command.begin,
            end: command.end,
            outcome: command.outcome,
            settled: command.settled,
        }
    }
}
