use serde::{Deserialize, Serialize};

/// The TCP ports of 127.0.0.1 that a server may use: its own, and those of the members of its set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpPorts {
    pub own: u16,
    pub others: Vec<u16>,
}

impl TcpPorts {
    /// Returns all ports that the server may connect to. A member also connects to itself.
    pub(super) fn all(&self) -> impl Iterator<Item = u16> {
        std::iter::once(self.own).chain(self.others.iter().copied())
    }
}
