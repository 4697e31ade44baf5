//! The script type `Task`: a closure that runs beside the script.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rhai::{Dynamic, EvalAltResult, FnPtr, NativeCallContext};

use super::call::{Outcome, methods};
use super::detached_closure::DetachedClosure;
use super::session::Session;
use super::termination::Termination;
use super::thrown::RhaiResult;
use crate::error::{Error, Kind};
use crate::mongo::{Failure, Interrupt, StopReason};

/// How often a joiner looks whether it has to end itself.
const LOOK: Duration = Duration::from_millis(20);
/// How long a task may take to notice that it has to end. A native function that computes cannot be stopped half-way.
const PATIENCE: Duration = Duration::from_secs(2);

/// A task as scripts hold it. Copies are the same task.
#[derive(Clone)]
pub struct Task {
    state: Arc<TaskState>,
}

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

impl Task {
    /// Starts `function` on a thread of its own, with a copy of what it captured.
    ///
    /// # Errors
    /// `Server` where the system gives no thread.
    pub fn start(context: &NativeCallContext, function: &FnPtr) -> RhaiResult<Self> {
        let parent = Session::of(context)?;
        let session = parent.for_task();
        let state = Arc::new(TaskState {
            interrupt: session.interrupt().clone(),
            progress: Mutex::new(Progress {
                end: TaskEnd::Running,
                joiners: 0,
            }),
            changed: Condvar::new(),
        });
        parent.check_tasks(1)?;
        let closure = DetachedClosure::new(context, &session, function)?;
        let (done, own) = (Arc::clone(&state), session.clone());
        closure.spawn("task", move |call| {
            let result = call(&[]);
            done.end(result, &own, &parent);
        })?;
        session.add_task(Arc::clone(&state));
        Ok(Self { state })
    }

    fn join(&self, session: &Session) -> Outcome {
        let mut progress = self.state.lock();
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
            if let Some(stop) = session.interrupt().stopped_by_now() {
                break Err(Failure::from(stop).into());
            }
            let waited = self.state.changed.wait_timeout(progress, LOOK);
            progress = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        progress.joiners -= 1;
        told
    }
}

impl TaskState {
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
    fn end(&self, result: RhaiResult<Dynamic>, own: &Session, parent: &Session) {
        let result = match own.run_state().take_failed_task() {
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
                    let _ = parent.end(ending);
                    parent.interrupt().stop(StopReason::Ended);
                    TaskEnd::Stopped
                }
                Some(_) => TaskEnd::Stopped,
                None if progress.joiners == 0 => {
                    parent.run_state().task_failed(error);
                    TaskEnd::Told
                }
                None => TaskEnd::Failed(error),
            },
        };
        drop(progress);
        self.changed.notify_all();
    }
}

methods! { Task, "Task";
    /// Waits for the task's end and gives its value; its error is thrown here. A stopped task gives `()`.
    ///
    /// ```rhai
    /// let sum = background(|| 1 + 2);
    /// assert_eq(sum.join(), 3);
    /// ```
    method join(this, call) {
        this.join(&call.session)
    }

    /// Ends the task, in the middle of a call if need be, and waits until it has ended.
    ///
    /// ```rhai
    /// let forever = background(|| loop { sleep(1); });
    /// forever.stop();
    /// assert(forever.is_done);
    /// ```
    method stop(this, _call) {
        this.state.tell_to_stop();
        this.state.wait_for_end();
        Ok(Dynamic::UNIT)
    }

    /// The task in one line.
    ///
    /// ```rhai
    /// let task = background(|| 1);
    /// task.join();
    /// assert_eq(task.to_string(), "<task, done>");
    /// ```
    method to_string(this, _call) -> "string" {
        let state = if this.state.is_done() { "done" } else { "running" };
        Ok(format!("<task, {state}>").into())
    }

    /// Whether it has ended, in whichever way.
    ///
    /// ```rhai
    /// let task = background(|| 1);
    /// task.join();
    /// assert(task.is_done);
    /// ```
    property is_done(this, _call) -> "bool" {
        Ok(this.state.is_done().into())
    }
}
