use std::path::Path;

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

/// Returns the name of a socket without its folder and ending; other addresses as they are.
pub fn short_member(member: &str) -> String {
    let path = Path::new(member);
    let stem = path.file_stem().filter(|_| member.starts_with('/'));
    stem.map_or_else(
        || member.to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}
