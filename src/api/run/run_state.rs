use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rhai::EvalAltResult;

use super::random::Random;
use super::termination::Termination;
use crate::mongo::{Interrupt, StopReason};

/// What the script itself, and each of its tasks, has for itself: when to end, why it ended, and its own chance.
pub struct RunState {
    interrupt: Interrupt,
    random: Random,
    // The flag beside the lock is what every operation of a script looks at.
    ended: AtomicBool,
    ending: Mutex<Option<Termination>>,
    /// The first error of a task that nobody has joined.
    failed_task: Mutex<Option<Box<EvalAltResult>>>,
}

impl RunState {
    pub fn new(interrupt: Interrupt, random: Random) -> Self {
        Self {
            interrupt,
            random,
            ended: AtomicBool::new(false),
            ending: Mutex::new(None),
            failed_task: Mutex::new(None),
        }
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    pub fn random(&self) -> &Random {
        &self.random
    }

    /// Notes why the script ends. The first reason stays, and is given back.
    pub fn end(&self, ending: Termination) -> Termination {
        let ending = lock(&self.ending).get_or_insert(ending).clone();
        self.ended.store(true, Ordering::Relaxed);
        ending
    }

    /// Whether nothing at all speaks for an end. Where it is false, [`ending`](Self::ending) knows more.
    #[inline]
    pub fn is_going_on(&self) -> bool {
        !self.ended.load(Ordering::Relaxed) && self.interrupt.is_quiet()
    }

    /// Why the script has to end, if it has to. A task's failure ends only what blocks: the script may be just about
    /// to join it.
    pub fn ending(&self) -> Option<Termination> {
        if self.ended.load(Ordering::Relaxed) {
            return lock(&self.ending).clone();
        }
        self.interrupt
            .stopped()
            .filter(|stop| *stop != StopReason::TaskFailed)
            .map(Termination::Stopped)
    }

    /// How the script ended itself, if it did: `exit`, or output that nobody takes.
    pub fn own_ending(&self) -> Option<Termination> {
        lock(&self.ending).clone()
    }

    /// Forgets the last ending.
    pub fn begin(&self) {
        *lock(&self.ending) = None;
        self.ended.store(false, Ordering::Relaxed);
        *lock(&self.failed_task) = None;
        self.interrupt.clear_task_failure();
    }

    /// A task failed before it was joined: the call that this thread waits in ends.
    pub fn task_failed(&self, error: Box<EvalAltResult>) {
        lock(&self.failed_task).get_or_insert(error);
        self.interrupt.stop(StopReason::TaskFailed);
    }

    /// The error of a task that nobody joined, once.
    pub fn take_failed_task(&self) -> Option<Box<EvalAltResult>> {
        let failed = lock(&self.failed_task).take();
        self.interrupt.clear_task_failure();
        failed
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
