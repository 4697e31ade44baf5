//! The script type `Task`: a closure that runs beside the script.

use std::sync::Arc;

use rhai::{Dynamic, FnPtr, NativeCallContext};

use crate::api::call::methods;
use crate::api::run::detached_closure::DetachedClosure;
use crate::api::run::session::Session;
use crate::api::run::task_state::TaskState;
use crate::values::thrown::RhaiResult;

/// A task as scripts hold it. Copies are the same task.
#[derive(Clone)]
pub struct Task {
    state: Arc<TaskState>,
}

impl Task {
    /// Starts `function` on a thread of its own, with a copy of what it captured.
    ///
    /// # Errors
    /// `Server` where the system gives no thread.
    pub fn start(context: &NativeCallContext, function: &FnPtr) -> RhaiResult<Self> {
        let parent = Session::of(context)?;
        let session = parent.for_task();
        let state = Arc::new(TaskState::new(session.interrupt().clone()));
        parent.check_tasks(1)?;
        let closure = DetachedClosure::new(context, &session, function)?;
        let (done, own) = (Arc::clone(&state), session.clone());
        closure.spawn("task", move |call| {
            let result = call(&[]);
            done.end(result, own.run_state(), parent.run_state());
        })?;
        session.tasks().add(Arc::clone(&state));
        Ok(Self { state })
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
        this.state.join(call.session.interrupt())
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
