use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rhai::EvalAltResult;

use super::output_origin;
use super::random::Random;
use super::termination::Termination;
use crate::mongo::{Interrupt, StopReason};

/// The state that a script and each of its tasks has separately: when to end, why it ended, and its
/// random numbers.
pub struct RunState {
    interrupt: Interrupt,
    random: Random,
    // Each operation of a script reads this flag, which is faster than the lock.
    ended: AtomicBool,
    ending: Mutex<Option<Termination>>,
    /// The first error of a task that was not joined.
    failed_task: Mutex<Option<Box<EvalAltResult>>>,
    /// The origin of the last task that failed.
    failed_origin: AtomicU64,
}

impl RunState {
    pub fn new(interrupt: Interrupt, random: Random) -> Self {
        Self {
            interrupt,
            random,
            ended: AtomicBool::new(false),
            ending: Mutex::new(None),
            failed_task: Mutex::new(None),
            failed_origin: AtomicU64::new(0),
        }
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    pub fn random(&self) -> &Random {
        &self.random
    }

    /// Stores why the script ends, and returns the reason. The first reason is kept.
    pub fn end(&self, ending: Termination) -> Termination {
        let ending = lock(&self.ending).get_or_insert(ending).clone();
        self.ended.store(true, Ordering::Relaxed);
        ending
    }

    /// Returns whether there is no reason to end. If `false`, call [`ending`](Self::ending).
    #[inline]
    pub fn may_continue(&self) -> bool {
        !self.ended.load(Ordering::Relaxed) && self.interrupt.is_quiet()
    }

    /// Returns why the script must end, if it must. The failure of a task ends only a blocking
    /// call, because the script may be about to join the task.
    pub fn ending(&self) -> Option<Termination> {
        if self.ended.load(Ordering::Relaxed) {
            return lock(&self.ending).clone();
        }
        self.interrupt
            .stopped()
            .filter(|stop| *stop != StopReason::TaskFailed)
            .map(Termination::Stopped)
    }

    /// Returns how the script ended itself: with `exit`, or because its output cannot be written.
    pub fn own_ending(&self) -> Option<Termination> {
        lock(&self.ending).clone()
    }

    pub fn begin(&self) {
        *lock(&self.ending) = None;
        self.ended.store(false, Ordering::Relaxed);
        *lock(&self.failed_task) = None;
        self.interrupt.clear_task_failure();
    }

    /// Stores the error of the calling task, which was not joined, and ends the call in which the
    /// thread of this state waits.
    pub fn task_failed(&self, error: Box<EvalAltResult>) {
        self.failed_origin
            .store(output_origin::current(), Ordering::Relaxed);
        lock(&self.failed_task).get_or_insert(error);
        self.interrupt.stop(StopReason::TaskFailed);
    }

    /// Returns the origin of the last task that failed.
    pub fn failed_origin(&self) -> u64 {
        self.failed_origin.load(Ordering::Relaxed)
    }

    /// Returns the error of a task that was not joined, once.
    pub fn take_failed_task(&self) -> Option<Box<EvalAltResult>> {
        let failed = lock(&self.failed_task).take();
        self.interrupt.clear_task_failure();
        failed
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
