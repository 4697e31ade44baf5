use serde::{Deserialize, Serialize};

use super::Name;

/// A place in a script.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The name of the source, as in [`SourceText`](super::SourceText).
    pub source: Name,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
}
