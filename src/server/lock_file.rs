use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Result;

use super::errors::{io_error, server_error};
use super::progress::Progress;

/// How often a lock that somebody else holds is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// How a lock is held: by many, or by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Shared,
    Exclusive,
}

/// A lock on a file, given back when it is dropped or its process ends, however that ends.
#[derive(Debug)]
pub struct LockFile {
    _file: File,
}

impl LockFile {
    /// Takes the lock if it is free at this moment.
    pub fn attempt(path: &Path, hold: Hold) -> Result<Option<Self>> {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path);
        let file = opened.map_err(|cause| io_error("open", path, &cause))?;
        let tried = match hold {
            Hold::Shared => file.try_lock_shared(),
            Hold::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(io_error("lock", path, &cause)),
        }
    }

    /// Waits for the lock, at most `limit`; `waiting_for` says for what, should it take too long.
    pub fn wait(
        path: &Path,
        hold: Hold,
        limit: Duration,
        progress: &dyn Progress,
        waiting_for: &str,
    ) -> Result<Self> {
        let end = Instant::now() + limit;
        loop {
            if let Some(lock) = Self::attempt(path, hold)? {
                return Ok(lock);
            }
            progress.check()?;
            if Instant::now() > end {
                return Err(server_error(format!(
                    "waited {} s for {waiting_for}, in vain",
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

    /// Whether somebody holds the lock exclusively. A path that does not exist is held by nobody.
    pub fn is_taken(path: &Path) -> bool {
        path.exists() && matches!(Self::attempt(path, Hold::Shared), Ok(None))
    }

    /// Whether somebody holds the lock in any way.
    pub fn is_in_use(path: &Path) -> bool {
        path.exists() && matches!(Self::attempt(path, Hold::Exclusive), Ok(None))
    }
}
