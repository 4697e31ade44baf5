use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

tokio::task_local! {
    static CURRENT: CheckoutWatch;
}

/// What one operation is doing about a connection: waiting for one, or having one.
///
/// The driver has no limit on that wait and no word for it but its pool events, which it emits from inside the
/// operation that waits. A task-local tells the monitor which operation that is.
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

    /// Since when the operation has been waiting for a connection, if it is.
    pub fn waiting_since(&self) -> Option<Instant> {
        self.lock().waiting_since
    }

    /// Whether the operation ever had a connection, and so may have been sent.
    pub fn was_checked_out(&self) -> bool {
        self.lock().checked_out
    }

    /// The monitor's word that the operation now running began to wait.
    pub(in crate::mongo) fn started() {
        let _ = CURRENT.try_with(|watch| watch.lock().waiting_since = Some(Instant::now()));
    }

    /// The monitor's word that the wait is over.
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
