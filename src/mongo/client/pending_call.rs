use std::time::Instant;

use bson::Document;
use tokio::task::JoinHandle;

use crate::mongo::bridge::CallAborted;
use crate::mongo::pool::checkout_watch::CheckoutWatch;

/// An operation that was begun, and is waited for later: [`Client::begin`](super::Client::begin) and
/// [`finish`](super::Client::finish). Dropping it gives it up; that has to happen inside the runtime.
#[derive(Debug)]
pub struct PendingCall<T> {
    pub(in crate::mongo) task: JoinHandle<Result<mongodb::error::Result<T>, CallAborted>>,
    /// The session by whose name the server can be told to kill it.
    pub(in crate::mongo) session: Document,
    pub(in crate::mongo) started: Instant,
    pub(in crate::mongo) checkout: CheckoutWatch,
}

impl<T> Drop for PendingCall<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
