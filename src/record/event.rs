use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Call, Checkout, Command, Fault, Mark, MemberState, Nanos, PoolSample, Print, Span};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Call(Call),
    Command(Command),
    Checkout(Checkout),
    Pool(PoolSample),
    Member(MemberState),
    Fault(Fault),
    Mark(Mark),
    Span(Span),
    Print(Print),
}

impl Event {
    pub fn begin(&self) -> Nanos {
        match self {
            Self::Call(call) => call.begin,
            Self::Command(command) => command.begin,
            Self::Checkout(checkout) => checkout.begin,
            Self::Pool(sample) => sample.at,
            Self::Member(state) => state.at,
            Self::Fault(fault) => fault.begin,
            Self::Mark(mark) => mark.at,
            Self::Span(span) => span.begin,
            Self::Print(print) => print.at,
        }
    }

    /// Returns what to sort by: what contains other events comes before them.
    pub(super) fn order(&self) -> (Nanos, Reverse<Option<Nanos>>) {
        (self.begin(), Reverse(self.end()))
    }

    /// Returns its end; `None` if it lasts until the end of the recording or the next event of its
    /// kind.
    pub fn end(&self) -> Option<Nanos> {
        match self {
            Self::Call(call) => Some(call.end),
            Self::Command(command) => Some(command.end),
            Self::Checkout(checkout) => Some(checkout.end),
            Self::Fault(fault) => fault.end,
            Self::Span(span) => Some(span.end),
            Self::Pool(_) | Self::Member(_) => None,
            Self::Mark(mark) => Some(mark.at),
            Self::Print(print) => Some(print.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn an_event_takes_at_most_200_bytes_with_its_text() {
        let longest = super::super::text::LONGEST;
        assert!(
            size_of::<Event>() + longest <= 200,
            "{}",
            size_of::<Event>()
        );
    }
}
