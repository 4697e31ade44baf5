use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::server::errors::io_error;

/// A record of an install, in a file next to it. Its checksum shows later whether the file was
/// changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The archive's or the package's name.
    pub from: String,
    /// The SHA-256 of `mongod` itself.
    pub sha256: String,
}

const FILE: &str = "mongod.json";

impl Receipt {
    /// Reads the receipt in a folder, if there is a readable one.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let bytes = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Writes the receipt, before the program: a program without its receipt is downloaded again.
    ///
    /// # Errors
    /// `Server`, if it cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let file = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        std::fs::write(&file, text).map_err(|cause| io_error("write", &file, &cause))
    }
}
