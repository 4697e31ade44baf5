//! Work that waits for servers.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::error::{Error, Kind, Result};
use crate::mongo::{CallError, Interrupt, block_until};
use crate::server;

/// How long an interrupted call may clean up.
const CLEANUP_TIME: Duration = Duration::from_millis(500);

/// Runs work that waits for servers on another thread, so that Ctrl-C does not wait for it.
pub(super) fn on_server_thread<T: Send + 'static>(
    interrupt: &Interrupt,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> std::result::Result<T, CallError> {
    let (answer, mut answers) = oneshot::channel();
    let lost = || Error::new(Kind::Server, "the thread that controls the servers ended");
    std::thread::Builder::new()
        .name("servers".into())
        .spawn(move || {
            let _ = answer.send(work());
        })
        .map_err(|_| lost())?;
    match interrupt.block_on(&mut answers, None) {
        Ok(done) => {
            let done = done.and_then(std::result::Result::ok).ok_or_else(lost)?;
            match interrupt.stopped_by_now() {
                Some(stop) => Err(stop.into()),
                None => Ok(done?),
            }
        }
        Err(stop) => {
            // The work sees the interrupt itself and removes what it has started.
            let _ = block_until(answers, Some(Instant::now() + CLEANUP_TIME));
            Err(stop.into())
        }
    }
}

/// Shows no progress, and cancels the work when the run must end.
pub(super) struct SilentProgress(Interrupt);

impl SilentProgress {
    pub(super) fn new(interrupt: &Interrupt) -> Self {
        Self(interrupt.clone())
    }
}

impl server::Progress for SilentProgress {
    fn tell(&self, _event: &server::StartEvent) {}

    fn is_cancelled(&self) -> bool {
        self.0.stopped_by_now().is_some()
    }
}
