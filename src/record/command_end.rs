use super::OpTime;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandEnd {
    /// The server did it. A write has a place in the log.
    Done { op_time: Option<OpTime> },
    /// The server refused it with an error of this kind. It surely changed nothing.
    Refused { kind: &'static str },
    /// The server did it, but its durability was not confirmed.
    NotConfirmed {
        kind: &'static str,
        op_time: Option<OpTime>,
    },
    /// The answer did not come. A write may have been applied.
    Lost { kind: &'static str },
}
