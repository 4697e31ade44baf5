//! Running one operation within the client's limits.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::options::SessionOptions;

use super::explain::deadline_error;
use super::key_wait::{Operation, repeatable, until_keys_are_read};
use super::pending_call::PendingCall;
use super::retry_session::RetrySession;
use super::{Client, KILL_TIMEOUT};
use crate::error::Kind;
use crate::mongo::bridge::{CallAborted, Limits};
use crate::mongo::call_error::CallError;
use crate::mongo::convert_error::convert;
use crate::mongo::interrupt::Interrupt;
use crate::mongo::pool::checkout_watch::CheckoutWatch;

impl Client {
    /// A session of the driver's, which gives a call the name by which the server can be told to kill it.
    pub async fn start_session(&self) -> mongodb::error::Result<ClientSession> {
        start_session(self.driver()).await
    }

    /// Runs one operation, bounded by the client's deadlines and the run's interrupt.
    ///
    /// It owns all that it works with, because in a crowd it runs on the driver's threads.
    ///
    /// # Errors
    /// The operation's error, converted; `PoolWaitTimeout` and `OperationTimeout` where time ran out.
    pub fn call<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        operation: impl for<'s> FnOnce(
            &'s mut ClientSession,
        ) -> BoxFuture<'s, mongodb::error::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> std::result::Result<T, CallError> {
        self.call_repeatable(interrupt, repeatable(operation))
    }

    /// The same for an operation that is [`repeatable`] already.
    pub fn call_repeatable<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        operation: Operation<T>,
    ) -> std::result::Result<T, CallError> {
        let id = Arc::new(OnceLock::new());
        let (driver, known) = (self.driver().clone(), Arc::clone(&id));
        let future: BoxFuture<'static, mongodb::error::Result<T>> = Box::pin(async move {
            let mut session = start_session(&driver).await?;
            let _ = known.set(session.id().clone());
            until_keys_are_read(&mut session, operation).await
        });
        let bridge = self.bridge();
        self.bounded(interrupt, None, |limits, watch| {
            if bridge.is_crowded() {
                bridge.run_in_background(interrupt, limits, watch, future)
            } else {
                bridge.run(interrupt, limits, watch, future)
            }
        })
        .inspect_err(|failure| self.kill_if_running(failure, id.get()))
    }

    /// Runs commands in a session that numbers them itself, and keeps the session for the next caller.
    pub(in crate::mongo) fn in_retry_session<T>(
        &self,
        interrupt: &Interrupt,
        commands: impl FnOnce(&mut RetrySession) -> std::result::Result<T, CallError>,
    ) -> std::result::Result<T, CallError> {
        let sessions = &self.inner.retry_sessions;
        let mut session = match sessions.take() {
            Some(session) => session,
            None => RetrySession::new(self.guarded_by(interrupt, self.start_session())?),
        };
        let done = commands(&mut session);
        // What gave up is killed on the server by its session's name, at some moment from now on.
        match &done {
            Err(failure) if gave_up(failure) => sessions.retire(session),
            _ => sessions.give_back(session),
        }
        done
    }

    /// Runs something short that starts no operation on the server, bounded in the same way.
    pub fn guarded_by<T>(
        &self,
        interrupt: &Interrupt,
        future: impl Future<Output = mongodb::error::Result<T>>,
    ) -> std::result::Result<T, CallError> {
        self.guarded(interrupt, None, pin!(future))
    }

    /// Runs one operation in a session that the caller keeps, with a deadline of its own where it has one.
    pub fn call_in<T>(
        &self,
        interrupt: &Interrupt,
        session: &mut ClientSession,
        timeout: Option<Duration>,
        operation: impl AsyncFnOnce(&mut ClientSession) -> mongodb::error::Result<T>,
    ) -> std::result::Result<T, CallError> {
        let id = session.id().clone();
        let future = pin!(operation(session));
        self.guarded(interrupt, timeout, future)
            .inspect_err(|failure| self.kill_if_running(failure, Some(&id)))
    }

    fn guarded<T>(
        &self,
        interrupt: &Interrupt,
        timeout: Option<Duration>,
        future: impl Future<Output = mongodb::error::Result<T>>,
    ) -> std::result::Result<T, CallError> {
        self.bounded(interrupt, timeout, |limits, watch| {
            self.bridge().run(interrupt, limits, watch, future)
        })
    }

    /// Lets `run` do something within the client's limits, and says what its end means.
    fn bounded<T>(
        &self,
        interrupt: &Interrupt,
        timeout: Option<Duration>,
        run: impl FnOnce(
            Limits,
            &CheckoutWatch,
        ) -> std::result::Result<mongodb::error::Result<T>, CallAborted>,
    ) -> std::result::Result<T, CallError> {
        self.check_going_on(interrupt)?;
        let (started, watch) = (Instant::now(), CheckoutWatch::default());
        let timeout = timeout.or(self.settings().timeout);
        let outcome = run(self.limits_from(started, timeout), &watch);
        self.conclude(outcome, started, timeout, &watch)
    }

    /// Begins an operation of the session of that name, to be waited for with [`finish`](Self::finish).
    pub(in crate::mongo) fn begin<T: Send + 'static>(
        &self,
        session: Document,
        future: impl Future<Output = mongodb::error::Result<T>> + Send + 'static,
    ) -> PendingCall<T> {
        let (started, checkout) = (Instant::now(), CheckoutWatch::default());
        let limits = self.limits_from(started, self.settings().timeout);
        PendingCall {
            task: self.bridge().begin(limits, &checkout, future),
            session,
            started,
            checkout,
        }
    }

    /// Waits for what was begun. Its limits count from its beginning.
    pub(in crate::mongo) fn finish<T>(
        &self,
        interrupt: &Interrupt,
        mut begun: PendingCall<T>,
    ) -> std::result::Result<T, CallError> {
        let bridge = self.bridge();
        let done = self
            .check_going_on(interrupt)
            .and_then(|()| {
                let outcome = bridge.join(interrupt, &mut begun.task);
                let timeout = self.settings().timeout;
                self.conclude(outcome, begun.started, timeout, &begun.checkout)
            })
            .inspect_err(|failure| self.kill_if_running(failure, Some(&begun.session)));
        bridge.block_on(async move { drop(begun) });
        done
    }

    fn check_going_on(&self, interrupt: &Interrupt) -> std::result::Result<(), CallError> {
        if self.is_closed() {
            return Err(self.closed_error().into());
        }
        match interrupt.stopped_by_now() {
            Some(stop) => Err(stop.into()),
            None => Ok(()),
        }
    }

    fn limits_from(&self, started: Instant, timeout: Option<Duration>) -> Limits {
        Limits {
            deadline: timeout.map(|timeout| started + timeout),
            wait_queue: self.settings().wait_queue_timeout,
        }
    }

    /// What the end of a call means.
    fn conclude<T>(
        &self,
        outcome: std::result::Result<mongodb::error::Result<T>, CallAborted>,
        started: Instant,
        timeout: Option<Duration>,
        watch: &CheckoutWatch,
    ) -> std::result::Result<T, CallError> {
        let is_waiting = watch.waiting_since().is_some();
        if outcome.is_err() && is_waiting {
            self.pool().abandoned();
        }
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.explain(convert(&error), started).into()),
            Err(CallAborted::Stopped(stop)) => Err(stop.into()),
            Err(CallAborted::WaitQueueTimeout) => Err(self.pool_wait_error().into()),
            Err(CallAborted::Panicked) => Err(self.panic_error().into()),
            Err(CallAborted::DeadlinePassed) if !watch.was_checked_out() && is_waiting => {
                Err(self.pool_wait_error().into())
            }
            Err(CallAborted::DeadlinePassed) => {
                Err(deadline_error(timeout, watch.was_checked_out()).into())
            }
        }
    }

    /// Tells the server to stop what a call that gave up had started there.
    fn kill_if_running(&self, failure: &CallError, session: Option<&Document>) {
        let Some(session) = session.filter(|_| gave_up(failure)).cloned() else {
            return;
        };
        let admin = self.driver().database("admin");
        // Not waited for: the caller must get away within a tenth of a second. The bridge waits at the very end.
        self.bridge().spawn_last(async move {
            let kill = admin.run_command(doc! { "killSessions": [session] });
            let _ = tokio::time::timeout(KILL_TIMEOUT, kill.into_future()).await;
        });
    }
}

async fn start_session(driver: &mongodb::Client) -> mongodb::error::Result<ClientSession> {
    let mut options = SessionOptions::default();
    // The call's own session is no promise about the order of a script's reads.
    options.causal_consistency = Some(false);
    driver.start_session().with_options(options).await
}

/// Whether a call ended before the server's answer.
fn gave_up(failure: &CallError) -> bool {
    match failure {
        CallError::Stopped(_) => true,
        CallError::Error(error) => error.kind() == Kind::OperationTimeout,
    }
}
