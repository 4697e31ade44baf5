use std::sync::atomic::{AtomicBool, Ordering};

use rustix::net::{Shutdown, shutdown};
use tokio::net::UnixStream;

/// A connection through a proxy.
#[derive(Debug)]
pub(super) struct Connection {
    /// The side of the process that opened it.
    pub opener: UnixStream,
    /// The side of the member.
    pub target: UnixStream,
    is_closed: AtomicBool,
}

impl Connection {
    pub(super) fn new(opener: UnixStream, target: UnixStream) -> Self {
        Self {
            opener,
            target,
            is_closed: AtomicBool::new(false),
        }
    }

    /// Closes both sides at once, also if bytes are on their way.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        // A side that the other process has already closed is not an error.
        let _ = shutdown(&self.opener, Shutdown::Both);
        let _ = shutdown(&self.target, Shutdown::Both);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }
}
