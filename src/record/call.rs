use serde::{Deserialize, Serialize};

use super::{Name, Nanos, Outcome, Place, Settled};

/// A call of one of the program's functions in a script.
///
/// Calls that took no time and caused nothing, such as reading a property, are not recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub id: u32,
    /// The call whose closure made this call: `with_transaction`, `retry`, …
    pub parent: Option<u32>,
    /// The task that made it; see [`Task`](super::Task).
    pub task: u32,
    /// `None` if the place is not known.
    pub place: Option<Place>,
    /// The name of the function; `for` for a loop over a cursor or a change stream.
    pub function: Name,
    pub begin: Nanos,
    pub end: Nanos,
    pub outcome: Outcome,
    /// The kind of its error.
    pub error: Option<Name>,
    /// What settled it, if the outcome was unknown and became known later.
    pub settled: Option<Settled>,
}
