//! The script type `Task`: a closure that runs on another thread.

use std::fmt;
use std::sync::Arc;

use rhai::{Dynamic, FnPtr, NativeCallContext};

use crate::api::call::methods;
use crate::api::run::detached_closure::DetachedClosure;
use crate::api::run::session::Session;
use crate::api::run::task_state::TaskState;
use crate::values::thrown::RhaiResult;

/// A task in a script. Copies refer to the same task.
#[derive(Clone)]
pub struct Task {
    state: Arc<TaskState>,
}

impl Task {
    /// Starts `function` on a new thread, with a copy of the variables it captured.
    ///
    /// # Errors
    /// `Server` if the system cannot start a thread.
    pub fn start(context: &NativeCallContext, function: &FnPtr) -> RhaiResult<Self> {
        let parent = Session::of(context)?;
        let session = parent.for_task();
        let state = Arc::new(TaskState::new(session.interrupt().clone()));
        parent.check_tasks(1)?;
        let closure = DetachedClosure::new(context, &session, function)?;
        let (done, own) = (Arc::clone(&state), session.clone());
        closure.spawn("background", move |call| {
            let result = call(&[]);
            done.end(result, own.run_state(), parent.run_state());
        })?;
        session.tasks().add(Arc::clone(&state));
        Ok(Self { state })
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.state.is_done() {
            "done"
        } else {
            "running"
        };
        write!(f, "<task, {state}>")
    }
}

methods! { Task, "Task";
    /// Waits for the end of the task and returns its value.
    ///
    /// If the task failed, `join` throws its error. A stopped task returns `()`.
    ///
    /// ```rhai
    /// let sum = background(|| 1 + 2);
    /// assert_eq(sum.join(), 3);
    /// ```
    method join(this, call) {
        this.state.join(&call.session)
    }

    /// Stops the task, even during a call, and waits until it has ended.
    ///
    /// ```rhai
    /// let forever = background(|| loop { sleep(1); });
    /// forever.stop();
    /// assert(forever.is_done);
    /// ```
    method stop(this, _call) {
        this.state.request_stop();
        this.state.wait_for_end();
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the task.
    ///
    /// ```rhai
    /// let task = background(|| 1);
    /// task.join();
    /// assert_eq(task.to_string(), "<task, done>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns `true` if the task has ended, with a value, with an error or because it was stopped.
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
