use serde::{Deserialize, Serialize};

use super::{Name, Nanos};

/// The state of a member from this moment on, as one client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberState {
    pub client: u32,
    pub at: Nanos,
    pub member: Name,
    /// `primary`, `secondary`, `standalone`, `other`, or `down` if the client cannot reach it.
    pub state: Name,
}
