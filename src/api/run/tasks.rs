//! The tasks of a run: their engines, their number and their end.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhai::Engine;

use super::session::Session;
use super::task_state::TaskState;
use crate::error::{Error, Kind, Result};

/// Makes an engine for a task, like the engine of the script.
pub type MakeEngine = dyn Fn(&Session) -> Engine + Send + Sync;

/// The tasks that were running at the last count, each with a number.
#[derive(Default)]
pub struct Tasks {
    list: Mutex<List>,
    engines: Mutex<Option<Arc<MakeEngine>>>,
    /// The number of the last random stream.
    last_stream: AtomicU64,
    workers: AtomicUsize,
}

#[derive(Default)]
struct List {
    running: Vec<(usize, Arc<TaskState>)>,
    last: usize,
}

impl Tasks {
    /// Sets how engines for tasks are made.
    pub fn set_engines(&self, make: Arc<MakeEngine>) {
        *lock(&self.engines) = Some(make);
    }

    /// Returns an engine for a task of `session`.
    ///
    /// # Errors
    /// `Server` if `set_engines` was not called, which is a bug.
    pub fn engine(&self, session: &Session) -> Result<Engine> {
        let make = lock(&self.engines).clone();
        make.map(|make| make(session))
            .ok_or_else(|| Error::new(Kind::Server, "this session cannot make engines for tasks"))
    }

    /// Returns the number of an unused random stream.
    pub fn next_stream(&self) -> u64 {
        self.last_stream.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Adds a task, which ends with the run, and removes tasks that have ended.
    pub fn add(&self, task: Arc<TaskState>) {
        let mut list = lock(&self.list);
        list.running.retain(|(_, task)| !task.is_done());
        list.last += 1;
        let number = list.last;
        list.running.push((number, task));
    }

    /// Returns the tasks that are still running. A task keeps its number.
    pub fn running(&self) -> Vec<(usize, Arc<TaskState>)> {
        let mut list = lock(&self.list);
        list.running.retain(|(_, task)| !task.is_done());
        list.running.clone()
    }

    pub fn count(&self) -> usize {
        self.running().len() + self.workers.load(Ordering::Relaxed)
    }

    /// Stops all tasks and waits until they have ended.
    pub fn end(&self) {
        let running = std::mem::take(&mut lock(&self.list).running);
        running.iter().for_each(|(_, task)| task.request_stop());
        running.iter().for_each(|(_, task)| task.wait_for_end());
    }

    /// Counts workers as tasks until the guard is dropped.
    pub fn count_workers(self: &Arc<Self>, count: usize) -> impl Drop + use<> {
        self.workers.fetch_add(count, Ordering::Relaxed);
        CountedWorkers(Arc::clone(self), count)
    }
}

/// Workers that count as tasks.
struct CountedWorkers(Arc<Tasks>, usize);

impl Drop for CountedWorkers {
    fn drop(&mut self) {
        self.0.workers.fetch_sub(self.1, Ordering::Relaxed);
    }
}

/// Locks also after a panic of another thread: the data is never half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
