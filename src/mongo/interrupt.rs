use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use futures_util::future::{Either, select, select_all};
use tokio::sync::Notify;

use super::block_until::block_until;

/// Why a run has to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// The time limit of the whole script passed.
    TimedOut,
    /// The script called `exit`, or the task was stopped.
    Ended,
    /// A task failed and the script was not waiting for it. It ends calls that block, until the
    /// script joins the task.
    TaskFailed,
}

/// The switch that ends a run. Everything that blocks checks it, and a script cannot catch it.
///
/// Copies share the switch. A task has its own switch, which is also on if its parent's is.
#[derive(Clone, Debug)]
pub struct Interrupt {
    shared: Arc<Shared>,
    parent: Option<Arc<Self>>,
    /// Whether tasks belong to the parent instead of to this one.
    is_foreground: bool,
}

#[derive(Debug)]
struct Shared {
    state: AtomicU8,
    changed: Notify,
    deadline: Option<Instant>,
}

const RUNNING: u8 = 0;
const TASK_FAILED: u8 = 4;

impl Interrupt {
    /// Creates a switch that turns on when `deadline` has passed.
    pub fn new(deadline: Option<Instant>) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: AtomicU8::new(RUNNING),
                changed: Notify::new(),
                deadline,
            }),
            parent: None,
            is_foreground: false,
        }
    }

    /// Returns a switch for a part of the run: it is on if it or this one is on.
    pub fn child(&self) -> Self {
        Self {
            parent: Some(Arc::new(self.clone())),
            ..Self::new(None)
        }
    }

    /// Returns a switch for one input at the prompt: it ends this input, but not the tasks that it
    /// started.
    pub fn foreground(&self) -> Self {
        Self {
            is_foreground: true,
            ..self.child()
        }
    }

    /// Returns a switch for a task: it is on if it or the switch of the whole run is on.
    pub fn for_task(&self) -> Self {
        match &self.parent {
            Some(whole) if self.is_foreground => whole.child(),
            _ => self.child(),
        }
    }

    /// Clears a [`StopReason::TaskFailed`], because the script has read that task's error.
    pub fn clear_task_failure(&self) {
        let _ = self.shared.state.compare_exchange(
            TASK_FAILED,
            RUNNING,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
    }

    /// Ends the run. The first reason is kept.
    pub fn stop(&self, reason: StopReason) {
        let code = match reason {
            StopReason::Interrupted => 1,
            StopReason::TimedOut => 2,
            StopReason::Ended => 3,
            StopReason::TaskFailed => TASK_FAILED,
        };
        let state = &self.shared.state;
        let _ = state.compare_exchange(RUNNING, code, Ordering::SeqCst, Ordering::SeqCst);
        // A task failure can be cleared, so a final reason replaces it.
        if code != TASK_FAILED {
            let _ = state.compare_exchange(TASK_FAILED, code, Ordering::SeqCst, Ordering::SeqCst);
        }
        self.shared.changed.notify_waiters();
    }

    /// Resets the switch for the next run. A deadline that has passed is not reset.
    pub fn rearm(&self) {
        self.shared.state.store(RUNNING, Ordering::SeqCst);
        self.stopped_by_now();
    }

    /// Returns why the run has to end, if it has to. It is fast enough for every operation of a
    /// script.
    pub fn stopped(&self) -> Option<StopReason> {
        match self.shared.state.load(Ordering::Relaxed) {
            RUNNING => self
                .parent
                .as_ref()
                .and_then(|parent| parent.stopped())
                // A failed task concerns its parent, not the other tasks.
                .filter(|stop| *stop != StopReason::TaskFailed),
            1 => Some(StopReason::Interrupted),
            2 => Some(StopReason::TimedOut),
            TASK_FAILED => Some(StopReason::TaskFailed),
            _ => Some(StopReason::Ended),
        }
    }

    /// Returns whether neither this switch nor a parent's is on: a fast check for every step of a
    /// script.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.shared.state.load(Ordering::Relaxed) == RUNNING
            && self.parent.as_ref().is_none_or(|parent| parent.is_quiet())
    }

    /// Does the same as [`stopped`](Self::stopped), and also checks the deadline.
    pub fn stopped_by_now(&self) -> Option<StopReason> {
        if self
            .shared
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
        {
            self.stop(StopReason::TimedOut);
        }
        if let Some(parent) = &self.parent {
            parent.stopped_by_now();
        }
        self.stopped()
    }

    /// Returns the deadline of the run, if it has one.
    pub fn deadline(&self) -> Option<Instant> {
        let parents = self.parent.as_ref().and_then(|parent| parent.deadline());
        self.shared.deadline.or(parents)
    }

    /// Waits until the run has to end.
    pub async fn wait(&self) -> StopReason {
        let Some(deadline) = self.deadline() else {
            return self.switched().await;
        };
        if let Some(stop) = self.stopped_by_now() {
            return stop;
        }
        let switched = tokio::time::timeout_at(deadline.into(), self.switched()).await;
        switched.unwrap_or_else(|_| self.stopped_by_now().unwrap_or(StopReason::TimedOut))
    }

    /// Waits on this thread for a signal of another thread, until `end` at the latest: then it
    /// returns `None`. The future must not need the event loop.
    ///
    /// # Errors
    /// The reason why the run has to end, if that comes first.
    pub fn block_on<T>(
        &self,
        future: impl Future<Output = T>,
        end: Option<Instant>,
    ) -> Result<Option<T>, StopReason> {
        if let Some(stop) = self.stopped_by_now() {
            return Err(stop);
        }
        let (switched, future) = (pin!(self.switched()), pin!(future));
        let either = select(switched, future);
        match block_until(either, self.deadline().into_iter().chain(end).min()) {
            Some(Either::Left((stop, _))) => Err(stop),
            Some(Either::Right((value, _))) => Ok(Some(value)),
            None => self.stopped_by_now().map_or(Ok(None), Err),
        }
    }

    /// Waits until this switch or a parent's is on. Does not check the deadline.
    async fn switched(&self) -> StopReason {
        loop {
            // Registered before the check, so that a stop in between is not missed.
            let mut changes = Vec::with_capacity(1);
            let mut next = Some(self);
            while let Some(interrupt) = next {
                let mut changed = Box::pin(interrupt.shared.changed.notified());
                changed.as_mut().enable();
                changes.push(changed);
                next = interrupt.parent.as_deref();
            }
            if let Some(stop) = self.stopped() {
                return stop;
            }
            select_all(changes).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[test]
    fn a_blocked_thread_is_woken_by_a_stop_of_a_parent() {
        let whole = Interrupt::new(None);
        let part = whole.child().foreground();
        let blocked = std::thread::spawn(move || part.block_on(pending::<()>(), None));
        whole.stop(StopReason::Interrupted);
        assert_eq!(blocked.join().unwrap(), Err(StopReason::Interrupted));
        let late = Interrupt::new(Some(Instant::now()));
        assert_eq!(late.block_on(ready(1), None), Err(StopReason::TimedOut));
        let running = Interrupt::new(None);
        assert_eq!(running.block_on(ready(1), None), Ok(Some(1)));
        let end = Some(Instant::now());
        assert_eq!(running.block_on(pending::<()>(), end), Ok(None));
    }

    #[test]
    fn a_task_outlives_its_line_but_not_the_run() {
        let whole = Interrupt::new(None);
        let line = whole.foreground();
        let (task, part) = (line.for_task(), line.child());
        line.stop(StopReason::Interrupted);
        assert_eq!(part.stopped(), Some(StopReason::Interrupted));
        assert_eq!(task.stopped(), None);
        line.rearm();
        assert_eq!((line.stopped(), part.stopped()), (None, None));
        whole.stop(StopReason::Ended);
        assert_eq!(line.stopped(), Some(StopReason::Ended));
        assert_eq!(task.stopped(), Some(StopReason::Ended));
        // A script does not have a foreground switch.
        let script = Interrupt::new(None);
        let task = script.for_task();
        script.stop(StopReason::Interrupted);
        assert_eq!(task.stopped(), Some(StopReason::Interrupted));
    }
}
