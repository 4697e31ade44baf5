use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Instant;

use super::operation::{Action, Operation};
use super::outcome::Outcome;

/// Records operations of any number of threads. All begins and ends have one order.
pub struct Recorder {
    start: Instant,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    operations: Vec<Operation>,
    tasks: HashMap<ThreadId, usize>,
    /// The number of begins and ends so far.
    moments: u64,
}

/// An operation that has begun.
pub struct Ticket(usize);

impl Default for Recorder {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            log: Mutex::default(),
        }
    }
}

impl Recorder {
    /// Records that the current thread begins an operation.
    pub fn begin(&self, action: Action) -> Ticket {
        let mut log = self.lock();
        let next = log.tasks.len() + 1;
        let task = *log.tasks.entry(std::thread::current().id()).or_insert(next);
        let operation = Operation {
            task,
            action,
            outcome: Outcome::Unknown,
            begin: log.moment(),
            end: None,
            begin_at: self.start.elapsed(),
            end_at: None,
            error: None,
        };
        log.operations.push(operation);
        Ticket(log.operations.len() - 1)
    }

    /// Records the end of an operation. `action` includes what a read returned.
    pub fn end(&self, ticket: Ticket, action: Action, outcome: Outcome, error: Option<String>) {
        let mut log = self.lock();
        let end = log.moment();
        if let Some(operation) = log.operations.get_mut(ticket.0) {
            operation.action = action;
            operation.outcome = outcome;
            operation.end = Some(end);
            operation.end_at = Some(self.start.elapsed());
            operation.error = error;
        }
    }

    /// Returns the moment from which the times of operations count.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Returns all operations so far, in the order in which they began.
    pub fn operations(&self) -> Vec<Operation> {
        self.lock().operations.clone()
    }

    pub fn len(&self) -> usize {
        self.lock().operations.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn moment(&mut self) -> u64 {
        self.moments += 1;
        self.moments
    }
}
