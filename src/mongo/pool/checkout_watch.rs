use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use mongodb::options::ServerAddress;

use super::pool_monitor::{PoolCounts, PoolMonitor};

tokio::task_local! {
    static CURRENT: CheckoutWatch;
}

/// Whether one operation waits for a connection, or had one.
///
/// The driver does not limit this wait. It only reports it with pool events, inside the operation
/// that waits. A task-local tells the monitor which operation that is.
#[derive(Clone, Debug)]
pub struct CheckoutWatch {
    pool: PoolMonitor,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<(Instant, ServerAddress)>,
    checked_out: bool,
    /// The server of the last connection, and when the wait for it began.
    connected: Option<(Instant, ServerAddress)>,
    /// The pool at the moment when the operation gave up waiting.
    at_the_end: Option<PoolCounts>,
}

/// The connection of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It has none and does not wait for one.
    None,
    /// It waits for one.
    Awaited,
    /// It has one, or has just given it back: its server, and when the wait for it began.
    Of(ServerAddress, Instant),
}

/// Why an operation gave up waiting, with the word of the specification if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    TimedOut,
    Interrupted,
}

impl CheckoutWatch {
    /// Returns the watch for one operation of a client with this pool.
    pub fn new(pool: &PoolMonitor) -> Self {
        Self {
            pool: pool.clone(),
            state: Arc::default(),
        }
    }

    /// Runs `future` with this watch as the current one.
    pub fn observe<T>(&self, future: impl Future<Output = T>) -> impl Future<Output = T> {
        CURRENT.scope(self.clone(), future)
    }

    /// Returns the connection that the operation uses.
    pub fn connection(&self) -> Connection {
        let state = self.lock();
        match (&state.waiting, &state.connected) {
            (Some(_), _) => Connection::Awaited,
            (None, Some((since, address))) => Connection::Of(address.clone(), *since),
            (None, None) => Connection::None,
        }
    }

    /// Returns since when the operation has been waiting for a connection, if it is waiting.
    pub fn waiting_since(&self) -> Option<Instant> {
        self.lock().waiting.as_ref().map(|(since, _)| *since)
    }

    /// Records that the operation gives up. Does nothing if it is not waiting. The driver has no
    /// event for this.
    pub fn give_up(&self, why: GaveUp) {
        let Some((since, address)) = self.lock().waiting.take() else {
            return;
        };
        self.pool.abandoned(address, since.elapsed(), why);
        let counts = self.pool.counts();
        self.lock().at_the_end = Some(counts);
    }

    /// Returns the pool at the moment when the operation gave up waiting, if it did.
    pub fn pool_at_the_end(&self) -> Option<PoolCounts> {
        self.lock().at_the_end
    }

    /// Returns whether the operation had a connection, and so may have been sent.
    pub fn was_checked_out(&self) -> bool {
        self.lock().checked_out
    }

    /// Records that the current operation began to wait. The monitor calls it.
    pub(in crate::mongo) fn started(address: &ServerAddress) {
        let _ = CURRENT.try_with(|watch| {
            watch.lock().waiting = Some((Instant::now(), address.clone()));
        });
    }

    /// Records that the wait has ended. The monitor calls it.
    pub(in crate::mongo) fn ended(checked_out: bool) {
        let _ = CURRENT.try_with(|watch| {
            let mut state = watch.lock();
            let ended = state.waiting.take();
            state.connected = ended.filter(|_| checked_out);
            state.checked_out |= checked_out;
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
