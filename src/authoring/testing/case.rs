use std::path::PathBuf;

use super::header::Header;

/// One script to be tested.
#[derive(Clone, Debug)]
pub struct Case {
    /// The script, as it was named or found.
    pub script: PathBuf,
    /// What it is compared with.
    pub snapshot: PathBuf,
    pub header: Header,
    /// Whether it draws by chance: then a run is repeated with the same seed, or it would not be the same run.
    pub draws: bool,
}

impl Case {
    /// The script as it is shown.
    pub fn name(&self) -> String {
        self.script.display().to_string()
    }
}
