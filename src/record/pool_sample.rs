use serde::{Deserialize, Serialize};

use super::Nanos;

/// The connections of a client, over all its members. The values hold until the next sample.
///
/// Changes within one millisecond are one sample with the highest values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolSample {
    pub client: u32,
    pub at: Nanos,
    /// Connections that are open or being opened.
    pub size: u32,
    pub in_use: u32,
    /// Operations that wait for a connection.
    pub waiting: u32,
}
