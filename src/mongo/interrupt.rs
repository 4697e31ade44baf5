use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use tokio::sync::Notify;

/// Why a run has to end before its script does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// The time given for the whole script ran out.
    TimedOut,
    /// The script called `exit`, or the task was stopped.
    Ended,
}

/// The one switch that ends a run: everything that blocks watches it, and no script can swallow it.
///
/// Copies share the switch.
#[derive(Clone, Debug)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: AtomicU8,
    changed: Notify,
    deadline: Option<Instant>,
}

const RUNNING: u8 = 0;

impl Interrupt {
    /// A switch that also turns itself when `deadline` has passed.
    pub fn new(deadline: Option<Instant>) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: AtomicU8::new(RUNNING),
                changed: Notify::new(),
                deadline,
            }),
        }
    }

    /// Ends the run. The first reason given stays.
    pub fn stop(&self, reason: Stop) {
        let code = match reason {
            Stop::Interrupted => 1,
            Stop::TimedOut => 2,
            Stop::Ended => 3,
        };
        let _ =
            self.shared
                .state
                .compare_exchange(RUNNING, code, Ordering::SeqCst, Ordering::SeqCst);
        self.shared.changed.notify_waiters();
    }

    /// Makes a switch that was turned ready for the next run. A deadline that has passed stays passed.
    pub fn rearm(&self) {
        self.shared.state.store(RUNNING, Ordering::SeqCst);
        self.stopped_by_now();
    }

    /// Why the run has to end, if it has to. Cheap enough for every operation of a script.
    pub fn stopped(&self) -> Option<Stop> {
        match self.shared.state.load(Ordering::Relaxed) {
            RUNNING => None,
            1 => Some(Stop::Interrupted),
            2 => Some(Stop::TimedOut),
            _ => Some(Stop::Ended),
        }
    }

    /// Like [`stopped`](Self::stopped), and looks at the clock too.
    pub fn stopped_by_now(&self) -> Option<Stop> {
        if self
            .shared
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
        {
            self.stop(Stop::TimedOut);
        }
        self.stopped()
    }

    /// When the run's time is over, if it is limited.
    pub fn deadline(&self) -> Option<Instant> {
        self.shared.deadline
    }

    /// Waits until the run has to end.
    pub async fn wait(&self) -> Stop {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // Registered before looking, so that a stop in between is not missed.
            changed.as_mut().enable();
            if let Some(stop) = self.stopped_by_now() {
                return stop;
            }
            match self.shared.deadline {
                None => changed.await,
                Some(deadline) => {
                    let _ = tokio::time::timeout_at(deadline.into(), changed).await;
                }
            }
        }
    }
}
