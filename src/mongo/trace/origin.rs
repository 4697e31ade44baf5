use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::task::Poll;

use crate::record::{CommandEnd, Recorder, current_call};

tokio::task_local! {
    static CURRENT: Option<Origin>;
}

/// The call of the script that an operation of the driver belongs to, also if the operation runs
/// later or on another thread. The driver reports what it does inside the operation's future.
#[derive(Debug)]
pub(in crate::mongo) struct Origin {
    recorder: Recorder,
    call: Option<u32>,
    /// The driver's number of the command that was sent and not answered yet.
    sent: Cell<Option<i32>>,
}

/// The error of a command whose operation was cancelled.
const CANCELLED: &str = "Cancelled";

impl Origin {
    /// Runs `future` as an operation of the call that this thread is in now.
    pub(in crate::mongo) fn observe<F: Future>(
        recorder: Option<&Recorder>,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let origin = recorder.map(|recorder| Self {
            recorder: recorder.clone(),
            call: current_call(),
            sent: Cell::new(None),
        });
        CURRENT.scope(origin, future)
    }

    /// Returns the call of the current operation, if it is known.
    pub(in crate::mongo) fn call() -> Option<u32> {
        let call = CURRENT.try_with(|origin| origin.as_ref().and_then(|origin| origin.call));
        call.unwrap_or_default()
    }

    /// Never ends. Completes the recording whenever the current operation waits for an answer.
    pub(in crate::mongo) fn record_while_waiting() -> impl Future<Output = Infallible> {
        poll_fn(|_| {
            let _ = CURRENT.try_with(|origin| match origin {
                Some(origin) if origin.sent.get().is_some() => origin.recorder.catch_up(),
                _ => {}
            });
            Poll::Pending
        })
    }

    /// Notes which command of the current operation waits for its answer.
    pub(super) fn waits_for(request: Option<i32>) {
        let _ = CURRENT.try_with(|origin| {
            if let Some(origin) = origin {
                origin.sent.set(request);
            }
        });
    }
}

impl Drop for Origin {
    /// The driver reports nothing about a command whose operation is dropped.
    fn drop(&mut self) {
        if let Some(request) = self.sent.take() {
            let end = CommandEnd::Lost { kind: CANCELLED };
            self.recorder.end_command(request, move || Some(end));
        }
    }
}
