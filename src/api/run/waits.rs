//! Counts the script and its tasks that wait, because a run in which everything waits needs no
//! checks of its limits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The number of threads of a run that wait for a time or for a task.
#[derive(Default)]
pub struct Waits {
    waiting: Mutex<usize>,
    ended: Condvar,
}

impl Waits {
    /// Counts this thread as waiting until the guard is dropped.
    pub fn begin(&self) -> impl Drop + use<'_> {
        *self.lock() += 1;
        Waiting(self)
    }

    /// Returns when fewer than `threads()` threads wait.
    pub fn until_fewer_wait(&self, threads: impl Fn() -> usize) {
        let waiting = self.lock();
        let all_wait = |waiting: &mut usize| *waiting >= threads();
        drop(self.ended.wait_while(waiting, all_wait));
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Waiting<'a>(&'a Waits);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.ended.notify_all();
    }
}
