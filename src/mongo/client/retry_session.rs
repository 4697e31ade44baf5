use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use mongodb::ClientSession;

/// A session for commands with the program's own transaction numbers (retryable writes
/// specification).
///
/// The driver also numbers its writes, with a hidden counter. If both used one session, the server
/// could take one write for the retry of another and skip it. So this session sends nothing else,
/// its numbers start very high, and it does not return to the driver while its client lives.
#[derive(Debug)]
pub(crate) struct RetrySession {
    pub driver: ClientSession,
    number: i64,
}

impl RetrySession {
    pub(crate) fn new(driver: ClientSession) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = since.map_or(0, |since| since.as_micros());
        Self {
            driver,
            number: i64::try_from(micros).unwrap_or(0).max(1 << 48),
        }
    }

    /// Returns the number of the next write.
    pub(crate) fn next_number(&mut self) -> i64 {
        self.number += 1;
        self.number
    }
}

/// The retry sessions of a client.
#[derive(Debug, Default)]
pub(crate) struct RetrySessions {
    free: Mutex<Vec<RetrySession>>,
    /// Sessions whose last command may still be killed. They are not used again.
    retired: Mutex<Vec<RetrySession>>,
}

impl RetrySessions {
    pub(crate) fn take(&self) -> Option<RetrySession> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop()
    }

    pub(crate) fn give_back(&self, session: RetrySession) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(session);
    }

    /// Retires all free sessions.
    pub(crate) fn retire_all(&self) {
        while let Some(session) = self.take() {
            self.retire(session);
        }
    }

    pub(crate) fn retire(&self, session: RetrySession) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.push(session);
    }
}
