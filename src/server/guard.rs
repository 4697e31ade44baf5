use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::keeper_process::Launch;
use super::lock_file::LockFile;
use super::private::revive;
use super::progress::Silent;
use super::record::Record;

/// The interval between two checks of the keeper.
const TICK: Duration = Duration::from_millis(200);

/// How often one user restarts a keeper before it gives up.
const TRIES: usize = 5;

/// A thread that restarts the keeper if it was killed while the server is in use.
#[derive(Debug)]
pub(super) struct Guard {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Guard {
    pub(super) fn over(launch: Launch) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut tries = 0;
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) && tries < TRIES {
                if was_killed(&launch) {
                    tries += 1;
                    // A failure is retried at the next tick. The user's own calls report their
                    // errors.
                    let _ = revive(&launch, &Silent);
                }
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

/// Returns whether the keeper was killed: its record exists, but its lock is free.
pub(super) fn was_killed(launch: &Launch) -> bool {
    let folder = &launch.folder;
    // The lock first: it is cheaper to look at, and almost always taken.
    !LockFile::is_taken(&folder.keeper_lock()) && Record::read(&folder.record()).is_some()
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
