use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::server::errors::io_error;
use crate::server::progress::Progress;

/// Returns the SHA-256 of a file as hexadecimal digits.
pub(super) fn sha256_of(path: &Path, progress: &dyn Progress) -> Result<String> {
    let failed = |cause: std::io::Error| io_error("read", path, &cause);
    let mut file = File::open(path).map_err(failed)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            break;
        }
        sum.update(buffer.get(..count).unwrap_or_default());
        progress.check()?;
    }
    Ok(sum
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
