//! The wait of a call for a server: it is shown, and at the first contact it can end early.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;

use super::pool::checkout_watch::{CheckoutWatch, Connection};
use super::topology::TopologyMonitor;

/// The wait is shown after this time, and again after each further such time.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A refusal this long before a call counts for it: the client may have been opened a moment ago.
const JUST_BEFORE: Duration = Duration::from_millis(100);

/// How often a waiting call looks at the servers.
const LOOK: Duration = Duration::from_millis(100);

/// Receives what a call waits for: a text for the user, and `None` at the end of the wait. Copies
/// share it, and only one wait is shown at a time.
#[derive(Clone)]
pub struct WaitReporter {
    sink: Arc<dyn Fn(Option<String>) + Send + Sync>,
    is_busy: Arc<AtomicBool>,
}

impl WaitReporter {
    pub fn new(sink: impl Fn(Option<String>) + Send + Sync + 'static) -> Self {
        Self {
            sink: Arc::new(sink),
            is_busy: Arc::default(),
        }
    }
}

impl fmt::Debug for WaitReporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WaitReporter")
    }
}

/// What a call needs to know about the servers while it waits for one.
#[derive(Clone, Debug)]
pub(super) struct ServerWatch {
    pub topology: TopologyMonitor,
    pub reporter: Option<WaitReporter>,
    /// How long the driver waits for a server.
    pub selection: Duration,
    /// Whether the call ends as soon as all servers refuse the client.
    pub first_contact: FirstContact,
    /// Whether the call's connections are seen by its [`CheckoutWatch`].
    pub sees_connections: bool,
}

/// Whether a call is the first contact of its client with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstContact {
    /// It is, and the call ends if all servers refuse the client.
    EndsAtOnce,
    /// It is, but the client's options set how long to wait. Only a refused login ends the call.
    Waits,
    /// The client has reached a server before.
    Over,
}

impl ServerWatch {
    /// Returns whether the call waits for a server, and not for a connection or a reply.
    pub(super) fn is_waiting(&self, checkout: &CheckoutWatch) -> bool {
        if !self.sees_connections {
            return !self.topology.any_available();
        }
        match checkout.connection() {
            Connection::None => true,
            Connection::Awaited => false,
            // The server has gone, or it has another role now, so the driver selects again.
            Connection::Of(address, since) => self.topology.has_changed(&address, since),
        }
    }

    fn is_refused(&self, began: Instant) -> bool {
        let since = began.checked_sub(JUST_BEFORE).unwrap_or(began);
        let since = self.sees_connections.then_some(since);
        match self.first_contact {
            FirstContact::EndsAtOnce => self.topology.refusal(since).is_some(),
            FirstContact::Waits => self.topology.is_login_refused(),
            FirstContact::Over => false,
        }
    }
}

/// One wait of a call for a server. It ends when it is dropped.
pub(super) struct ServerWait {
    watch: ServerWatch,
    began: Instant,
    deadline: Option<Instant>,
    next_report: Instant,
    look: Pin<Box<Sleep>>,
    is_shown: bool,
}

impl ServerWait {
    pub(super) fn new(watch: &ServerWatch, deadline: Option<Instant>) -> Self {
        let began = Instant::now();
        Self {
            watch: watch.clone(),
            began,
            deadline,
            next_report: began + SHOWN_AFTER,
            look: Box::pin(tokio::time::sleep(LOOK)),
            is_shown: false,
        }
    }

    /// Is ready when the call has to end, because all servers refuse the client.
    pub(super) fn poll_refused(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.watch.is_refused(self.began) {
                return Poll::Ready(());
            }
            if self.look.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.look.as_mut().reset(tokio::time::Instant::now() + LOOK);
            self.report();
        }
    }

    fn report(&mut self) {
        let now = Instant::now();
        if now < self.next_report {
            return;
        }
        self.next_report = now + SHOWN_AFTER;
        let Some(reporter) = &self.watch.reporter else {
            return;
        };
        if !self.is_shown && reporter.is_busy.swap(true, Ordering::SeqCst) {
            return;
        }
        self.is_shown = true;
        let end = self.began + self.watch.selection;
        let end = self.deadline.map_or(end, |deadline| deadline.min(end));
        let left = end.saturating_duration_since(now).as_secs_f64().ceil();
        (reporter.sink)(Some(format!(
            "waiting for a server, for {left} s more: {}",
            self.watch.topology.summary()
        )));
    }
}

impl Drop for ServerWait {
    fn drop(&mut self) {
        if self.is_shown
            && let Some(reporter) = &self.watch.reporter
        {
            (reporter.sink)(None);
            reporter.is_busy.store(false, Ordering::SeqCst);
        }
    }
}
