//! The state of a task, for the task, for those that wait for it, and for the run that ends it.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rhai::{Dynamic, EvalAltResult};
use tokio::sync::Notify;

use super::run_state::RunState;
use super::session::Session;
use super::termination::Termination;
use crate::api::call::function_error::FunctionResult;
use crate::error::{Error, Kind};
use crate::mongo::{CallError, Interrupt, StopReason, block_until};
use crate::values::thrown::RhaiResult;

/// How long a task may take to stop. A native function that computes cannot be stopped.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// The state of a task, and the interrupt that ends it.
pub struct TaskState {
    interrupt: Interrupt,
    progress: Mutex<TaskProgress>,
    changed: Notify,
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
            changed: Notify::new(),
        }
    }

    /// Waits for the task and returns its value or throws its error. Ends early if `waiting` must
    /// end.
    ///
    /// # Errors
    /// The error of the task; `InvalidArgument` if it was thrown before.
    pub fn join(&self, waiting: &Session) -> FunctionResult {
        self.lock().joiners += 1;
        let guard = waiting.waits().begin();
        let joined = waiting.interrupt().block_on(self.outcome(), None);
        drop(guard);
        self.lock().joiners -= 1;
        match joined {
            Ok(outcome) => outcome.unwrap_or(Ok(Dynamic::UNIT)),
            Err(stop) => Err(CallError::from(stop).into()),
        }
    }

    async fn outcome(&self) -> FunctionResult {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Registered before the check, so that an end in between is not missed.
            changed.as_mut().enable();
            if let Some(outcome) = self.lock().end.take() {
                return outcome;
            }
            changed.await;
        }
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
        let ended = async {
            loop {
                let mut changed = pin!(self.changed.notified());
                changed.as_mut().enable();
                if self.is_done() {
                    return;
                }
                changed.await;
            }
        };
        block_until(ended, Some(Instant::now() + STOP_TIMEOUT));
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
        self.changed.notify_waiters();
    }
}

impl TaskEnd {
    /// Returns what `join` returns or throws, if the task has ended. An error is returned once.
    fn take(&mut self) -> Option<FunctionResult> {
        let outcome = match self {
            Self::Running => return None,
            Self::Done(value) => Ok(value.clone()),
            Self::Stopped => Ok(Dynamic::UNIT),
            Self::Reported => {
                let error = Error::new(
                    Kind::InvalidArgument,
                    "the error of the task was thrown before",
                );
                Err(error.hint("join a task only once").into())
            }
            Self::Failed(_) => match std::mem::replace(self, Self::Reported) {
                Self::Failed(error) => Err(error.into()),
                _ => return None,
            },
        };
        Some(outcome)
    }
}
