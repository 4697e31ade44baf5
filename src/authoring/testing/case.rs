use std::path::PathBuf;

use super::header::Header;

/// One script to test.
#[derive(Clone, Debug)]
pub struct Case {
    /// The script's path, as given or found.
    pub script: PathBuf,
    /// The snapshot's path.
    pub snapshot: PathBuf,
    pub header: Header,
    /// Whether it uses random functions: repeated runs then use the same seed.
    pub uses_random: bool,
}

impl Case {
    /// Returns the script's path as text.
    pub fn name(&self) -> String {
        self.script.display().to_string()
    }
}
