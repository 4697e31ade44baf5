use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use tokio::sync::Notify;

/// Why a run has to end before its script does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// The time given for the whole script ran out.
    TimedOut,
    /// The script called `exit`, or the task was stopped.
    Ended,
    /// A task failed that nobody was waiting for. It ends what blocks, and may still be claimed by whoever joins it.
    TaskFailed,
}

/// The one switch that ends a run: everything that blocks watches it, and no script can swallow it.
///
/// Copies share the switch. A task has one of its own, which also goes off with its parent's.
#[derive(Clone, Debug)]
pub struct Interrupt {
    shared: Arc<Shared>,
    parent: Option<Arc<Self>>,
    /// Whether tasks hang on the parent instead of on this one.
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
    /// A switch that also turns itself when `deadline` has passed.
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

    /// A switch for a part of what this one ends: its own, and this one.
    pub fn child(&self) -> Self {
        Self {
            parent: Some(Arc::new(self.clone())),
            ..Self::new(None)
        }
    }

    /// A switch for what somebody waits for, one thing after the other: turning it ends that, and not the tasks that were
    /// started meanwhile.
    pub fn foreground(&self) -> Self {
        Self {
            is_foreground: true,
            ..self.child()
        }
    }

    /// A switch for a task: its own, and whatever ends the whole run.
    pub fn for_task(&self) -> Self {
        match &self.parent {
            Some(whole) if self.is_foreground => whole.child(),
            _ => self.child(),
        }
    }

    /// Takes a [`StopReason::TaskFailed`] back: somebody has asked for that task's error.
    pub fn forgive_task(&self) {
        let _ = self.shared.state.compare_exchange(
            TASK_FAILED,
            RUNNING,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
    }

    /// Ends the run. The first reason given stays.
    pub fn stop(&self, reason: StopReason) {
        let code = match reason {
            StopReason::Interrupted => 1,
            StopReason::TimedOut => 2,
            StopReason::Ended => 3,
            StopReason::TaskFailed => TASK_FAILED,
        };
        let state = &self.shared.state;
        let _ = state.compare_exchange(RUNNING, code, Ordering::SeqCst, Ordering::SeqCst);
        // What can be taken back gives way to what cannot.
        if code != TASK_FAILED {
            let _ = state.compare_exchange(TASK_FAILED, code, Ordering::SeqCst, Ordering::SeqCst);
        }
        self.shared.changed.notify_waiters();
    }

    /// Makes a switch that was turned ready for the next run. A deadline that has passed stays passed.
    pub fn rearm(&self) {
        self.shared.state.store(RUNNING, Ordering::SeqCst);
        self.stopped_by_now();
    }

    /// Why the run has to end, if it has to. Cheap enough for every operation of a script.
    pub fn stopped(&self) -> Option<StopReason> {
        match self.shared.state.load(Ordering::Relaxed) {
            RUNNING => self
                .parent
                .as_ref()
                .and_then(|parent| parent.stopped())
                // A task's failure is its parent's affair, not its siblings'.
                .filter(|stop| *stop != StopReason::TaskFailed),
            1 => Some(StopReason::Interrupted),
            2 => Some(StopReason::TimedOut),
            TASK_FAILED => Some(StopReason::TaskFailed),
            _ => Some(StopReason::Ended),
        }
    }

    /// Whether nothing has been said at all, neither here nor to a parent: the quick question, for every step of a script.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.shared.state.load(Ordering::Relaxed) == RUNNING
            && self.parent.as_ref().is_none_or(|parent| parent.is_quiet())
    }

    /// Like [`stopped`](Self::stopped), and looks at the clock too.
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

    /// When the run's time is over, if it is limited.
    pub fn deadline(&self) -> Option<Instant> {
        let parents = self.parent.as_ref().and_then(|parent| parent.deadline());
        self.shared.deadline.or(parents)
    }

    /// Waits until the run has to end.
    pub async fn wait(&self) -> StopReason {
        loop {
            // Registered before looking, so that a stop in between is not missed.
            let mut changes = Vec::with_capacity(1);
            let mut next = Some(self);
            while let Some(interrupt) = next {
                let mut changed = Box::pin(interrupt.shared.changed.notified());
                changed.as_mut().enable();
                changes.push(changed);
                next = interrupt.parent.as_deref();
            }
            if let Some(stop) = self.stopped_by_now() {
                return stop;
            }
            let any = futures_util::future::select_all(changes);
            match self.deadline() {
                None => drop(any.await),
                Some(deadline) => drop(tokio::time::timeout_at(deadline.into(), any).await),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        // In a script, an interrupt ends the tasks too.
        let script = Interrupt::new(None);
        let task = script.for_task();
        script.stop(StopReason::Interrupted);
        assert_eq!(task.stopped(), Some(StopReason::Interrupted));
    }
}
