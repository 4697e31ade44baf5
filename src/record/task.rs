use serde::{Deserialize, Serialize};

/// A thread of a script: the script itself (number 0), a task, or a worker of `parallel`.
///
/// A task that starts after another one has ended gets its number, so that a timeline has as few
/// lanes as possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: u32,
    /// `script`, `background` or `parallel`.
    pub kind: String,
}
