use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::keeper_process::Launch;
use super::lock_file::LockFile;
use super::private::revive;
use super::progress::Silent;
use super::record::Record;

/// How often a user looks whether the keeper is there.
const TICK: Duration = Duration::from_millis(200);

/// How often a keeper is started again by one user before that is given up.
const TRIES: usize = 5;

/// A thread that starts the keeper again when it was killed while somebody still used its server.
#[derive(Debug)]
pub struct Guard {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Guard {
    pub fn over(launch: Launch) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut tries = 0;
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) && tries < TRIES {
                if was_killed(&launch) {
                    tries += 1;
                    // What fails is tried again at the next tick; the user's own calls report what they meet.
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

/// Whether the keeper ended without saying so: its record is still there, and nobody holds its lock.
pub fn was_killed(launch: &Launch) -> bool {
    let folder = &launch.folder;
    Record::read(&folder.record()).is_some() && !LockFile::is_taken(&folder.keeper_lock())
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
