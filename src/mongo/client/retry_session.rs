use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use mongodb::ClientSession;

/// A session for commands that carry a transaction number of ours (retryable writes specification).
///
/// The driver numbers its own writes by a counter that it shows nobody. A session that both numbered would let the
/// server take one write for the repetition of another and skip it. So such a session sends nothing else, its numbers
/// start where no counter gets, and it never goes back to the driver while its client lives.
#[derive(Debug)]
pub struct RetrySession {
    pub driver: ClientSession,
    number: i64,
}

impl RetrySession {
    pub fn new(driver: ClientSession) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = since.map_or(0, |since| since.as_micros());
        Self {
            driver,
            number: i64::try_from(micros).unwrap_or(0).max(1 << 48),
        }
    }

    /// The number of the next write.
    pub fn next_number(&mut self) -> i64 {
        self.number += 1;
        self.number
    }
}

/// The sessions of this kind that a client has.
#[derive(Debug, Default)]
pub struct RetrySessions {
    free: Mutex<Vec<RetrySession>>,
    /// Those whose last command may still be killed: kept from the driver, and used no more.
    retired: Mutex<Vec<RetrySession>>,
}

impl RetrySessions {
    pub fn take(&self) -> Option<RetrySession> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop()
    }

    pub fn give_back(&self, session: RetrySession) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(session);
    }

    /// Uses none of those that are free now any more.
    pub fn retire_all(&self) {
        while let Some(session) = self.take() {
            self.retire(session);
        }
    }

    pub fn retire(&self, session: RetrySession) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.push(session);
    }
}
