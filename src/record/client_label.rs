use serde::{Deserialize, Serialize};

/// A client of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientLabel {
    /// Counted from 1, in the order in which they were opened.
    pub id: u32,
    /// Its `app_name`, if the script gave one.
    pub name: Option<String>,
    /// The limit of its pool for each member; 0 means none.
    pub max_pool_size: u32,
    /// The members in its connection string. Clients with the same ones use the same deployment.
    pub servers: Vec<String>,
}

impl ClientLabel {
    /// Returns the name to show: `client 2`, or `client 2 (shop)`.
    pub fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("client {} ({name})", self.id),
            None => format!("client {}", self.id),
        }
    }
}
