use serde::{Deserialize, Serialize};

use super::{Layer, Layers};

/// What the caller decided about the confinement of servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfinementSettings {
    /// Whether scripts of others use the server: their login is not root, and JavaScript is off.
    pub for_others: bool,
    /// Whether a server must not start where a layer is missing that scripts of others need.
    pub required: bool,
    /// Layers that are left out. Only tests do this.
    pub skip: Vec<Layer>,
    /// The layers around this process, where it is confined itself.
    pub inherited: Option<Layers>,
}
