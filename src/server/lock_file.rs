use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Result;

use super::errors::{io_error, server_error};
use super::progress::Progress;

/// The pause between two attempts to take a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// Whether a lock is shared by several holders or exclusive to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockMode {
    Shared,
    Exclusive,
}

/// A lock on a file. It is released when it is dropped or when its process ends, also after a
/// crash.
#[derive(Debug)]
pub(super) struct LockFile {
    _file: File,
}

impl LockFile {
    /// Takes the lock if it is free now; does not wait.
    pub(super) fn attempt(path: &Path, mode: LockMode) -> Result<Option<Self>> {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path);
        let file = opened.map_err(|cause| io_error("open", path, &cause))?;
        let tried = match mode {
            LockMode::Shared => file.try_lock_shared(),
            LockMode::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(io_error("lock", path, &cause)),
        }
    }

    /// Waits for the lock, at most for `limit`. `waiting_for` describes the wait in the error
    /// message.
    pub(super) fn wait(
        path: &Path,
        mode: LockMode,
        limit: Duration,
        progress: &dyn Progress,
        waiting_for: &str,
    ) -> Result<Self> {
        let end = Instant::now() + limit;
        loop {
            if let Some(lock) = Self::attempt(path, mode)? {
                return Ok(lock);
            }
            progress.check()?;
            if Instant::now() > end {
                return Err(server_error(format!(
                    "timed out after {} s waiting for {waiting_for}",
                    limit.as_secs()
                ))
                .hint(format!(
                    "another seaworthy holds `{}`: end it and try again",
                    path.display()
                )));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Returns whether the lock is held exclusively; `false` if the file does not exist.
    pub(super) fn is_taken(path: &Path) -> bool {
        path.exists() && matches!(Self::attempt(path, LockMode::Shared), Ok(None))
    }

    /// Returns whether the lock is held, shared or exclusively.
    pub(super) fn is_in_use(path: &Path) -> bool {
        path.exists() && matches!(Self::attempt(path, LockMode::Exclusive), Ok(None))
    }
}
