use std::time::Instant;

use bson::Document;
use tokio::task::JoinHandle;

use super::{CallAborted, CheckoutWatch};

/// An operation that was begun, and is waited for later: [`Client::begin`](super::Client::begin) and
/// [`finish`](super::Client::finish). Dropping it gives it up; that has to happen inside the runtime.
#[derive(Debug)]
pub struct PendingCall<T> {
    pub(super) task: JoinHandle<Result<mongodb::error::Result<T>, CallAborted>>,
    /// The session by whose name the server can be told to kill it.
    pub(super) session: Document,
    pub(super) started: Instant,
    pub(super) checkout: CheckoutWatch,
}

impl<T> Drop for PendingCall<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
