//! How far a task is: for the task itself, for those that wait for it, and for the run that ends it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rhai::{Dynamic, EvalAltResult};

use super::run_state::RunState;
use super::termination::Termination;
use crate::api::call::function_error::FunctionResult;
use crate::error::{Error, Kind};
use crate::mongo::{CallError, Interrupt, StopReason};
use crate::values::thrown::RhaiResult;

/// How often a joiner looks whether it has to end itself.
const LOOK: Duration = Duration::from_millis(20);
/// How long a task may take to notice that it has to end. A native function that computes cannot be stopped half-way.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far a task is, and the switch that ends it.
pub struct TaskState {
    interrupt: Interrupt,
    progress: Mutex<Progress>,
    changed: Condvar,
}

struct Progress {
    end: TaskEnd,
    /// How many are waiting in `join`: an error goes to them and not to the run.
    joiners: usize,
}

enum TaskEnd {
    Running,
    Done(Dynamic),
    Stopped,
    Failed(Box<EvalAltResult>),
    /// Its error was thrown by a `join`, or has failed the run.
    Told,
}

impl TaskState {
    /// A task that is running, and that `interrupt` ends.
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            progress: Mutex::new(Progress {
                end: TaskEnd::Running,
                joiners: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for the task and gives its value, or throws its error; ends early where `waiting` is stopped.
    ///
    /// # Errors
    /// The task's error; `InvalidArgument` where it was thrown already.
    pub fn join(&self, waiting: &Interrupt) -> FunctionResult {
        let mut progress = self.lock();
        progress.joiners += 1;
        let told = loop {
            match std::mem::replace(&mut progress.end, TaskEnd::Told) {
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
                TaskEnd::Told => {
                    let error =
                        Error::new(Kind::InvalidArgument, "the task's error was thrown already");
                    break Err(error.hint("join a task once").into());
                }
            }
            if let Some(stop) = waiting.stopped_by_now() {
                break Err(CallError::from(stop).into());
            }
            let waited = self.changed.wait_timeout(progress, LOOK);
            progress = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        progress.joiners -= 1;
        told
    }

    pub fn is_done(&self) -> bool {
        !matches!(self.lock().end, TaskEnd::Running)
    }

    /// Tells the task to end; it does so at its next operation, and in the middle of a call.
    pub fn tell_to_stop(&self) {
        self.interrupt.stop(StopReason::Ended);
    }

    /// Waits for a task that was told to stop.
    pub fn wait_for_end(&self) {
        let progress = self.lock();
        drop(
            self.changed
                .wait_timeout_while(progress, PATIENCE, |progress| {
                    matches!(progress.end, TaskEnd::Running)
                }),
        );
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how the task ended, and tells its parent where nobody else will.
    pub fn end(&self, result: RhaiResult<Dynamic>, own: &RunState, parent: &RunState) {
        let result = match own.take_failed_task() {
            Some(error) => Err(error),
            None => result,
        };
        let mut progress = self.lock();
        progress.end = match result {
            Ok(value) => TaskEnd::Done(value.flatten()),
            Err(error) => match own.ending() {
                // `exit` in a task, or a reader that has gone, is the end of the whole run.
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
                    TaskEnd::Told
                }
                None => TaskEnd::Failed(error),
            },
        };
        drop(progress);
        self.changed.notify_all();
    }
}
