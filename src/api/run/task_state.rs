//! The state of a task, for the task, for those that wait for it, and for the run that ends it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rhai::{Dynamic, EvalAltResult};

use super::run_state::RunState;
use super::termination::Termination;
use crate::api::call::function_error::FunctionResult;
use crate::error::{Error, Kind};
use crate::mongo::{CallError, Interrupt, StopReason};
use crate::values::thrown::RhaiResult;

/// How often `join` checks whether its own script must end.
const CHECK_EVERY: Duration = Duration::from_millis(20);
/// How long a task may take to stop. A native function that computes cannot be stopped.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// The state of a task, and the interrupt that ends it.
pub struct TaskState {
    interrupt: Interrupt,
    progress: Mutex<TaskProgress>,
    changed: Condvar,
}

struct TaskProgress {
    end: TaskEnd,
    /// How many threads wait in `join`. They get an error, and the run does not.
    joiners: usize,
}

enum TaskEnd {
    Running,
    Done(Dynamic),
    Stopped,
    Failed(Box<EvalAltResult>),
    /// Its error was thrown by a `join` or failed the run.
    Reported,
}

impl TaskState {
    /// Returns the state of a running task, which `interrupt` ends.
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            progress: Mutex::new(TaskProgress {
                end: TaskEnd::Running,
                joiners: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for the task and returns its value or throws its error. Ends early if `waiting` is
    /// stopped.
    ///
    /// # Errors
    /// The error of the task; `InvalidArgument` if it was thrown before.
    pub fn join(&self, waiting: &Interrupt) -> FunctionResult {
        let mut progress = self.lock();
        progress.joiners += 1;
        let outcome = loop {
            match std::mem::replace(&mut progress.end, TaskEnd::Reported) {
                TaskEnd::Running => progress.end = TaskEnd::Running,
                TaskEnd::Done(value) => {
                    progress.end = TaskEnd::Done(value.clone());
                    break Ok(value);
                }
                TaskEnd::Stopped => {
                    progress.end = TaskEnd::Stopped;
                    break Ok(Dynamic::UNIT);
                }
                TaskEnd::Failed(error) => break Err(error.into()),
                TaskEnd::Reported => {
                    let error = Error::new(
                        Kind::InvalidArgument,
                        "the error of the task was thrown before",
                    );
                    break Err(error.hint("join a task only once").into());
                }
            }
            if let Some(stop) = waiting.stopped_by_now() {
                break Err(CallError::from(stop).into());
            }
            let waited = self.changed.wait_timeout(progress, CHECK_EVERY);
            progress = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        progress.joiners -= 1;
        outcome
    }

    pub fn is_done(&self) -> bool {
        !matches!(self.lock().end, TaskEnd::Running)
    }

    /// Makes the task end at its next operation, also during a call.
    pub fn request_stop(&self) {
        self.interrupt.stop(StopReason::Ended);
    }

    /// Waits for the end of a task that was told to stop.
    pub fn wait_for_end(&self) {
        let progress = self.lock();
        drop(
            self.changed
                .wait_timeout_while(progress, STOP_TIMEOUT, |progress| {
                    matches!(progress.end, TaskEnd::Running)
                }),
        );
    }

    fn lock(&self) -> MutexGuard<'_, TaskProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores how the task ended, and reports an error to its parent if no `join` is waiting.
    pub fn end(&self, result: RhaiResult<Dynamic>, own: &RunState, parent: &RunState) {
        let result = match own.take_failed_task() {
            Some(error) => Err(error),
            None => result,
        };
        let mut progress = self.lock();
        progress.end = match result {
            Ok(value) => TaskEnd::Done(value.flatten()),
            Err(error) => match own.ending() {
                // `exit` in a task and a failed output end the whole run.
                Some(
                    ending @ (Termination::Exit(_)
                    | Termination::ClosedPipe
                    | Termination::OutputFailed(_)
                    | Termination::LimitExceeded(_)),
                ) => {
                    parent.end(ending);
                    parent.interrupt().stop(StopReason::Ended);
                    TaskEnd::Stopped
                }
                Some(_) => TaskEnd::Stopped,
                None if progress.joiners == 0 => {
                    parent.task_failed(error);
                    TaskEnd::Reported
                }
                None => TaskEnd::Failed(error),
            },
        };
        drop(progress);
        self.changed.notify_all();
    }
}
