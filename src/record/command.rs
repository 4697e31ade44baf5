use serde::{Deserialize, Serialize};

use super::{Name, Nanos, Outcome, Settled};

/// A command that the driver sent to a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    pub id: u32,
    /// The call that caused it; `None` if that is not known, as for commands of the driver itself.
    pub call: Option<u32>,
    /// The client; see [`ClientLabel`](super::ClientLabel).
    pub client: u32,
    /// The address of the member.
    pub member: Name,
    /// The number of the connection, for this client and member.
    pub connection: u32,
    pub name: Name,
    /// The database, or database and collection with a dot.
    pub namespace: Name,
    pub begin: Nanos,
    pub end: Nanos,
    pub outcome: Outcome,
    /// The kind of its error.
    pub error: Option<Name>,
    /// The failed command that this one repeats.
    pub retry_of: Option<u32>,
    /// What settled it, if the outcome was unknown and became known later.
    pub settled: Option<Settled>,
    /// The start of its body without secrets, empty if it must not be shown.
    pub body: Box<str>,
}
