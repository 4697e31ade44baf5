//! Runs operations within the client's limits.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::options::SessionOptions;

use super::call_session::CallSession;
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
use crate::mongo::pool::checkout_watch::{CheckoutWatch, GaveUp};
use crate::mongo::server_wait::{FirstContact, ServerWatch};

impl Client {
    /// Starts a driver session. Its id is needed to kill the call on the server.
    pub async fn start_session(&self) -> mongodb::error::Result<ClientSession> {
        start_session(self.driver()).await
    }

    /// Runs one operation, limited by the client's timeouts and the run's interrupt.
    ///
    /// It owns its data, because with many concurrent calls it runs as a task.
    ///
    /// # Errors
    /// The operation's error; `PoolWaitTimeout` or `OperationTimeout`, if the time is over.
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

    /// Does the same for an operation that is already [`repeatable`].
    pub fn call_repeatable<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        operation: Operation<T>,
    ) -> std::result::Result<T, CallError> {
        let running = Arc::new(Mutex::new(None));
        let (driver, known) = (self.driver().clone(), Arc::clone(&running));
        let future: BoxFuture<'static, mongodb::error::Result<T>> = Box::pin(async move {
            let session = CallSession::new(start_session(&driver).await?);
            set(&known, Some(session.clone()));
            let answer = until_keys_are_read(&mut *session.driver.lock().await, operation).await;
            set(&known, None);
            answer
        });
        let bridge = self.bridge();
        self.bounded(interrupt, None, |limits, watch| {
            if bridge.has_many_calls() {
                bridge.run_in_background(interrupt, limits, watch, future)
            } else {
                bridge.run(interrupt, limits, watch, future)
            }
        })
        .inspect_err(|failure| {
            if let Some(session) = set(&running, None) {
                self.kill_if_running(failure, &session.id, Some(&session));
            }
        })
    }

    /// Runs commands in a retry session and keeps the session for the next call.
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
        // The server kills a cancelled command by its session, possibly later: do not use this
        // session again.
        match &done {
            Err(failure) if gave_up(failure) => sessions.retire(session),
            _ => sessions.give_back(session),
        }
        done
    }

    /// Runs a short future that starts no operation on the server, with the same limits.
    pub fn guarded_by<T>(
        &self,
        interrupt: &Interrupt,
        future: impl Future<Output = mongodb::error::Result<T>>,
    ) -> std::result::Result<T, CallError> {
        let future = pin!(future);
        self.bounded(interrupt, None, |mut limits, watch| {
            // It may use another client of the driver, whose connections are not seen.
            if let Some(servers) = &mut limits.servers {
                servers.sees_connections = false;
            }
            self.bridge().run(interrupt, limits, watch, future)
        })
    }

    /// Runs one operation in the caller's session, with its own timeout if `timeout` is given.
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
            .inspect_err(|failure| self.kill_if_running(failure, &id, None))
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

    /// Calls `run` with the client's limits, and converts its result.
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
        let (started, watch) = (Instant::now(), CheckoutWatch::new(self.pool()));
        let timeout = timeout.or(self.settings().timeout);
        let outcome = run(self.limits_from(started, timeout), &watch);
        self.conclude(outcome, started, timeout, &watch)
    }

    /// Starts an operation in this session; [`finish`](Self::finish) waits for it.
    pub(in crate::mongo) fn begin<T: Send + 'static>(
        &self,
        session: Document,
        future: impl Future<Output = mongodb::error::Result<T>> + Send + 'static,
    ) -> PendingCall<T> {
        let (started, checkout) = (Instant::now(), CheckoutWatch::new(self.pool()));
        let limits = self.limits_from(started, self.settings().timeout);
        PendingCall {
            task: self.bridge().begin(limits, &checkout, future),
            session,
            started,
            checkout,
        }
    }

    /// Waits for an operation from [`begin`](Self::begin). Its limits count from its start.
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
            .inspect_err(|failure| self.kill_if_running(failure, &begun.session, None));
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
            servers: Some(ServerWatch {
                topology: self.topology().clone(),
                reporter: self.bridge().wait_reporter().cloned(),
                selection: self.settings().server_selection_timeout(),
                first_contact: self.first_contact(),
                sees_connections: true,
            }),
        }
    }

    fn first_contact(&self) -> FirstContact {
        if self.has_reached_a_server() {
            FirstContact::Over
        } else if self.settings().sets_server_selection_timeout() {
            FirstContact::Waits
        } else {
            FirstContact::EndsAtOnce
        }
    }

    /// Converts the outcome of a call.
    fn conclude<T>(
        &self,
        outcome: std::result::Result<mongodb::error::Result<T>, CallAborted>,
        started: Instant,
        timeout: Option<Duration>,
        watch: &CheckoutWatch,
    ) -> std::result::Result<T, CallError> {
        if outcome.is_err() {
            // The guard has recorded a timeout already.
            watch.give_up(GaveUp::Interrupted);
        }
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.explain(convert(&error), started).into()),
            Err(CallAborted::Stopped(stop)) => Err(stop.into()),
            Err(CallAborted::WaitQueueTimeout) => Err(self.pool_wait_error(watch).into()),
            Err(CallAborted::Refused) => Err(self.refusal().into()),
            Err(CallAborted::Panicked) => Err(self.panic_error().into()),
            Err(CallAborted::DeadlinePassed)
                if !watch.was_checked_out() && watch.pool_at_the_end().is_some() =>
            {
                Err(self.pool_wait_error(watch).into())
            }
            Err(CallAborted::DeadlinePassed) => {
                Err(deadline_error(timeout, watch.was_checked_out()).into())
            }
        }
    }

    /// Tells the server to kill the operation of a cancelled call. `session` is kept until the
    /// server has done so.
    fn kill_if_running(&self, failure: &CallError, id: &Document, session: Option<&CallSession>) {
        if !gave_up(failure) {
            return;
        }
        self.show_cancelled(id);
        let (id, session) = (id.clone(), session.cloned());
        let retired = Arc::clone(&self.inner.retired_sessions);
        let admin = self.driver().database("admin");
        // The caller does not wait for it, so that Ctrl-C ends within 100 ms. The bridge waits at
        // the end of the program.
        self.bridge().spawn_cleanup(async move {
            let kill = admin.run_command(doc! { "killSessions": [id] });
            let killed = tokio::time::timeout(KILL_TIMEOUT, kill.into_future()).await;
            if let Some(session) = session
                && !matches!(killed, Ok(Ok(_)))
            {
                retired.add(session);
            }
        });
    }
}

/// Changes what is in the place, and returns what was there.
fn set(place: &Mutex<Option<CallSession>>, to: Option<CallSession>) -> Option<CallSession> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *place, to)
}

async fn start_session(driver: &mongodb::Client) -> mongodb::error::Result<ClientSession> {
    let mut options = SessionOptions::default();
    // The session of one call does not need an order of reads.
    options.causal_consistency = Some(false);
    driver.start_session().with_options(options).await
}

/// Returns whether a call ended before the server's reply.
fn gave_up(failure: &CallError) -> bool {
    match failure {
        CallError::Stopped(_) => true,
        CallError::Error(error) => error.kind() == Kind::OperationTimeout,
    }
}
