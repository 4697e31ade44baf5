use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

tokio::task_local! {
    static CURRENT: CheckoutWatch;
}

/// Whether one operation waits for a connection, or had one.
///
/// The driver does not limit this wait. It only reports it with pool events, inside the operation
/// that waits. A task-local tells the monitor which operation that is.
#[derive(Clone, Debug, Default)]
pub struct CheckoutWatch {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    waiting_since: Option<Instant>,
    checked_out: bool,
}

impl CheckoutWatch {
    /// Runs `future` with this watch as the current one.
    pub fn observe<T>(&self, future: impl Future<Output = T>) -> impl Future<Output = T> {
        CURRENT.scope(self.clone(), future)
    }

    /// Returns since when the operation has been waiting for a connection, if it is waiting.
    pub fn waiting_since(&self) -> Option<Instant> {
        self.lock().waiting_since
    }

    /// Returns whether the operation had a connection, and so may have been sent.
    pub fn was_checked_out(&self) -> bool {
        self.lock().checked_out
    }

    /// Records that the current operation began to wait. The monitor calls it.
    pub(in crate::mongo) fn started() {
        let _ = CURRENT.try_with(|watch| watch.lock().waiting_since = Some(Instant::now()));
    }

    /// Records that the wait has ended. The monitor calls it.
    pub(in crate::mongo) fn ended(checked_out: bool) {
        let _ = CURRENT.try_with(|watch| {
            let mut state = watch.lock();
            state.waiting_since = None;
            state.checked_out |= checked_out;
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
