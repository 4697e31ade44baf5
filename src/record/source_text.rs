use serde::{Deserialize, Serialize};

use super::Name;

/// The text of a script, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceText {
    pub name: Name,
    pub text: String,
}

impl SourceText {
    /// Returns a line, counted from 1.
    pub fn line(&self, number: u32) -> Option<&str> {
        self.text
            .lines()
            .nth(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}
