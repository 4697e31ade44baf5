use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use crate::error::Result;

use super::errors::server_error;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that spawns processes and lives as long as they should: the system kills them when this
/// thread ends.
///
/// A script may control its servers from many short-lived threads. All of them spawn through this
/// thread.
#[derive(Debug)]
pub(super) struct OwnerThread {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl OwnerThread {
    pub(super) fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::spawn(move || queue.into_iter().for_each(|job| job()));
        Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        }
    }

    /// Runs a job on the thread and waits for its result.
    ///
    /// # Errors
    /// The error of the job; `Server`, if the thread has ended.
    pub(super) fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ended = || server_error("the replica set has been stopped");
        let (answer, answers) = mpsc::channel();
        let job: Job = Box::new(move || {
            let _ = answer.send(job());
        });
        let jobs = self
            .jobs
            .lock()
            .map_err(|_| ended())?
            .clone()
            .ok_or_else(ended)?;
        jobs.send(job).map_err(|_| ended())?;
        answers.recv().map_err(|_| ended())?
    }
}

impl Drop for OwnerThread {
    fn drop(&mut self) {
        if let Ok(mut jobs) = self.jobs.lock() {
            *jobs = None;
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        // The thread may drop the last reference itself, inside a job. It cannot wait for itself.
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}
