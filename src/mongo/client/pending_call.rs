use std::time::Instant;

use bson::Document;
use tokio::task::JoinHandle;

use crate::mongo::bridge::CallAborted;
use crate::mongo::pool::checkout_watch::CheckoutWatch;

/// An operation that was started with [`Client::begin`](super::Client::begin);
/// [`finish`](super::Client::finish) waits for it. Dropping it cancels it, and must happen inside
/// the runtime.
#[derive(Debug)]
pub struct PendingCall<T> {
    pub(in crate::mongo) task: JoinHandle<Result<mongodb::error::Result<T>, CallAborted>>,
    /// The id of the session, to kill the operation on the server.
    pub(in crate::mongo) session: Document,
    pub(in crate::mongo) started: Instant,
    pub(in crate::mongo) checkout: CheckoutWatch,
}

impl<T> Drop for PendingCall<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
