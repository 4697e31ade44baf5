use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::collected::Collected;
use super::names::Names;

/// A part of the recording that is added later.
type Addition = Box<dyn FnOnce(&mut Collected) + Send>;

/// More additions do not wait.
const MOST_WAITING: usize = 1024;

/// What was heard of a run. A call only stores it here. It is added to the recording while a
/// thread waits for a server, in the order of its arrival.
pub(super) struct Inbox {
    pub names: Names,
    last_id: AtomicU32,
    waiting: Mutex<Vec<Addition>>,
    collected: Mutex<Collected>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        let names = Names::default();
        Self {
            names: names.clone(),
            last_id: AtomicU32::new(0),
            waiting: Mutex::default(),
            collected: Mutex::new(Collected::new(names)),
        }
    }

    /// Returns the number of a new call or command.
    pub(super) fn next_id(&self) -> u32 {
        self.last_id.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Adds something later.
    pub(super) fn add(&self, addition: impl FnOnce(&mut Collected) + Send + 'static) {
        let count = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(Box::new(addition));
            waiting.len()
        };
        if count >= MOST_WAITING {
            drop(self.collected());
        }
    }

    /// Adds everything that was stored, and returns the recording.
    pub(super) fn collected(&self) -> MutexGuard<'_, Collected> {
        let mut collected = self
            .collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let waiting = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let room = Vec::with_capacity(waiting.len());
            std::mem::replace(&mut *waiting, room)
        };
        for add in waiting {
            add(&mut collected);
        }
        collected
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inbox")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn additions_wait_and_keep_their_order() {
        let (inbox, done) = (Inbox::new(), Arc::new(Mutex::new(Vec::new())));
        let add = |number| {
            inbox.add({
                let done = Arc::clone(&done);
                move |_| done.lock().unwrap().push(number)
            });
            done.lock().unwrap().len()
        };
        assert_eq!(add(0), 0);
        drop(inbox.collected());
        for number in 1..MOST_WAITING {
            assert_eq!(add(number), 1);
        }
        assert_eq!(add(MOST_WAITING), 1 + MOST_WAITING, "too many to wait");
        assert!(done.lock().unwrap().is_sorted());
    }
}
