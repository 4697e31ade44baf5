use serde::{Deserialize, Serialize};

use super::{Layer, Layers};

/// The caller's settings for the confinement of servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfinementSettings {
    /// Whether scripts of others use the server. Then their login is not root, and JavaScript is
    /// off.
    pub for_others: bool,
    /// Whether a server must not start if a layer is missing that scripts of others need.
    pub required: bool,
    /// Layers to skip, only for tests.
    pub skip: Vec<Layer>,
    /// The layers around this process, if it is confined.
    pub inherited: Option<Layers>,
}
