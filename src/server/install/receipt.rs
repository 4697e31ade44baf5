use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::server::errors::io_error;

/// What was installed, in a file beside it: the sum that tells later whether it is still whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The archive's or the package's name.
    pub from: String,
    /// The SHA-256 of `mongod` itself.
    pub sha256: String,
}

const FILE: &str = "mongod.json";

impl Receipt {
    /// The receipt in a folder, if there is a readable one.
    pub fn read(folder: &Path) -> Option<Self> {
        let bytes = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Writes it. It precedes the program: a program without its own receipt is fetched again.
    ///
    /// # Errors
    /// `Server`, where it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let file = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        std::fs::write(&file, text).map_err(|cause| io_error("write", &file, &cause))
    }
}
