use serde::{Deserialize, Serialize};

use super::{Name, Nanos};

/// The wait for a connection of a pool. Only waits that can be seen, and failed ones, are recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkout {
    pub call: Option<u32>,
    pub client: u32,
    pub member: Name,
    /// The number of the connection; `None` if the wait failed.
    pub connection: Option<u32>,
    pub begin: Nanos,
    pub end: Nanos,
}

impl Checkout {
    pub fn waited(&self) -> Nanos {
        self.end.saturating_sub(self.begin)
    }
}
