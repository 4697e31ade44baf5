pub mod key_wait;
pub mod pending_call;
pub mod retry_session;
pub mod server_limits;
pub mod watchers;
pub mod wire_name;

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::options::{ClientOptions, SessionOptions};
use tokio::task::AbortHandle;

use super::bridge::{Bridge, CallAborted, Limits};
use super::convert_error::convert;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::topology::TopologyMonitor;
use crate::error::{Error, Kind, Result};
use crate::mongo::client::key_wait::{Operation, repeatable, until_keys_are_read};
use crate::mongo::client::pending_call::PendingCall;
use crate::mongo::client::retry_session::{RetrySession, RetrySessions};
use crate::mongo::client::server_limits::ServerLimits;
use crate::mongo::client::watchers::Watchers;
use crate::mongo::options::client_options::ClientSettings;
use crate::mongo::options::connection_string::ConnectionString;
use crate::mongo::pool::checkout_watch::CheckoutWatch;
use crate::mongo::pool::pool_monitor::PoolMonitor;
use crate::mongo::trace::tracer::Tracer;
use crate::mongo::trace::wire_log::WireLog;

/// A client of one deployment: the driver's, its pools watched, its calls bounded. Copies share it.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    driver: mongodb::Client,
    /// The driver's client whose commands are shown, where the other's are not, once somebody asked for one.
    traced: OnceLock<(mongodb::Client, WireLog)>,
    /// Where the commands of `driver` are shown, if they are.
    log: Option<WireLog>,
    tracing: AtomicBool,
    bridge: Bridge,
    settings: ClientSettings,
    pool: PoolMonitor,
    topology: TopologyMonitor,
    /// What the server knows this client by: no other client has that name.
    wire_name: String,
    /// What its change streams have for themselves.
    watchers: Watchers,
    /// The sessions of its bulk writes.
    retry_sessions: RetrySessions,
    /// What a server said about itself when the first bulk write asked.
    limits: OnceLock<ServerLimits>,
    closed: AtomicBool,
    /// The first refusal of the password. Later calls only see that no server could be selected.
    refused: Mutex<Option<Error>>,
}

/// How long a server may take to hear that an operation is to be killed.
pub(in crate::mongo) const KILL_TIMEOUT: Duration = Duration::from_millis(500);

impl Client {
    /// A client for `uri` with further options. Nothing is sent before the first call.
    ///
    /// # Errors
    /// `InvalidUri` and `InvalidArgument`, or `Network` where a name has to be looked up and cannot be.
    pub fn open(bridge: &Bridge, uri: &ConnectionString, options: Document) -> Result<Self> {
        Self::open_checked(bridge, uri, options, |_| Ok(()))
    }

    /// A client for `uri` with further options, where `check` lets it be opened: it sees what was understood of both.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and those of `check`.
    pub fn open_checked(
        bridge: &Bridge,
        uri: &ConnectionString,
        options: Document,
        check: impl FnOnce(&ClientSettings) -> Result<()>,
    ) -> Result<Self> {
        let settings = bridge.block_on(ClientSettings::parse(uri, options))?;
        check(&settings)?;
        let pool = PoolMonitor::default();
        let mut driver: ClientOptions = settings.driver.clone();
        let topology = TopologyMonitor::default();
        driver.cmap_event_handler = Some(pool.handler());
        driver.sdam_event_handler = Some(topology.handler());
        let wire_name = wire_name::unique(driver.app_name.as_deref());
        driver.app_name = Some(wire_name.clone());
        let log = bridge.tracer().filter(|_| bridge.traces_all());
        let log = log.cloned().map(WireLog::new);
        driver.command_event_handler = log.as_ref().map(WireLog::handler);
        // The driver starts its monitors in the runtime it is made in.
        let driver = bridge.block_on(async { mongodb::Client::with_options(driver) });
        Ok(Self {
            inner: Arc::new(Inner {
                driver: driver.map_err(|error| convert(&error))?,
                traced: OnceLock::new(),
                tracing: AtomicBool::new(log.is_some()),
                log,
                bridge: bridge.clone(),
                settings,
                pool,
                topology,
                wire_name,
                watchers: Watchers::default(),
                retry_sessions: RetrySessions::default(),
                limits: OnceLock::new(),
                closed: AtomicBool::new(false),
                refused: Mutex::new(None),
            }),
        })
    }

    /// The driver's client for what begins now.
    pub fn driver(&self) -> &mongodb::Client {
        match self.inner.traced.get() {
            Some((traced, _)) if self.is_tracing() => traced,
            _ => &self.inner.driver,
        }
    }

    /// Whether the commands of what begins now are shown.
    pub fn is_tracing(&self) -> bool {
        self.inner.tracing.load(Ordering::Relaxed)
    }

    /// Shows commands from now on, or no more.
    ///
    /// A driver's client tells of its commands either always or never, and telling costs time. So one that was opened
    /// without gets a second beside it, which has connections of its own, for as long as commands are to be shown.
    pub fn trace(&self, on: bool) -> Result<()> {
        if let Some(log) = &self.inner.log {
            log.switch(on);
        } else if let (true, Some(tracer)) = (on, self.bridge().tracer()) {
            self.open_traced(tracer.clone())?;
        }
        self.inner.watchers.trace(on);
        self.inner.tracing.store(on, Ordering::Relaxed);
        // Each belongs to the driver's client that it was started on.
        self.inner.retry_sessions.retire_all();
        Ok(())
    }

    fn open_traced(&self, tracer: Tracer) -> Result<()> {
        if self.inner.traced.get().is_some() {
            return Ok(());
        }
        let log = WireLog::new(tracer);
        let mut options = self.settings().driver.clone();
        options.app_name = Some(self.inner.wire_name.clone());
        options.cmap_event_handler = Some(self.pool().handler());
        options.command_event_handler = Some(log.handler());
        let opened = self
            .bridge()
            .block_on(async { mongodb::Client::with_options(options) });
        let opened = opened.map_err(|error| convert(&error))?;
        // Where two threads ask at once, one of the two is enough.
        let _ = self.inner.traced.set((opened, log));
        Ok(())
    }

    pub fn settings(&self) -> &ClientSettings {
        &self.inner.settings
    }

    pub fn pool(&self) -> &PoolMonitor {
        &self.inner.pool
    }

    pub fn topology(&self) -> &TopologyMonitor {
        &self.inner.topology
    }

    pub fn bridge(&self) -> &Bridge {
        &self.inner.bridge
    }

    /// Whether both are copies of one client.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// What the server knows this client by, as `appName`.
    pub(in crate::mongo) fn wire_name(&self) -> &str {
        &self.inner.wire_name
    }

    /// The driver's client for a change stream that begins now.
    pub(in crate::mongo) fn for_watching(&self) -> Result<mongodb::Client> {
        let mut options = self.settings().driver.clone();
        options.app_name = Some(self.inner.wire_name.clone());
        let tracer = self.bridge().tracer().filter(|_| self.is_tracing());
        self.inner.watchers.client(self.bridge(), options, tracer)
    }

    /// Remembers a stream's task, to end it with the client.
    pub(in crate::mongo) fn add_watcher(&self, task: AbortHandle) {
        self.inner.watchers.add(task);
    }

    /// Whether a server has ever answered.
    pub fn has_reached_a_server(&self) -> bool {
        self.pool().checkouts_ever() > 0 || self.inner.watchers.any()
    }

    pub fn is_closed(&self) -> bool {
        self.inner.closed.load(Ordering::SeqCst)
    }

    /// Closes the pools. Calls that are under way end with an error, later ones throw `ClientClosed`.
    pub fn close(&self) {
        if !self.inner.closed.swap(true, Ordering::SeqCst) {
            // Without `immediate` it would wait for every live cursor.
            let shutdown = self.inner.driver.clone().shutdown().immediate(true);
            if let Some((traced, _)) = self.inner.traced.get() {
                let traced = traced.clone().shutdown().immediate(true);
                self.bridge().block_on(async move { traced.await });
            }
            self.inner.watchers.close(self.bridge());
            self.bridge().block_on(async move { shutdown.await });
        }
    }

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
    ) -> std::result::Result<T, Failure> {
        self.call_repeatable(interrupt, repeatable(operation))
    }

    /// The same for an operation that is [`repeatable`] already.
    pub fn call_repeatable<T: Send + 'static>(
        &self,
        interrupt: &Interrupt,
        operation: Operation<T>,
    ) -> std::result::Result<T, Failure> {
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
        commands: impl FnOnce(&mut RetrySession) -> std::result::Result<T, Failure>,
    ) -> std::result::Result<T, Failure> {
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

    /// What the servers of this client take; asked for once.
    pub(in crate::mongo) fn limits(
        &self,
        interrupt: &Interrupt,
    ) -> std::result::Result<ServerLimits, Failure> {
        if let Some(limits) = self.inner.limits.get() {
            return Ok(*limits);
        }
        let admin = self.driver().database("admin");
        let hello = self.guarded_by(interrupt, async {
            match admin.run_command(doc! { "hello": 1 }).await {
                // The pool may still hold a connection that broke meanwhile; 4.4.0 and 4.4.1 know the old name only.
                Err(_) => admin.run_command(doc! { "isMaster": 1 }).await,
                answer => answer,
            }
        })?;
        Ok(*self.inner.limits.get_or_init(|| ServerLimits::of(&hello)))
    }

    /// Runs something short that starts no operation on the server, bounded in the same way.
    pub fn guarded_by<T>(
        &self,
        interrupt: &Interrupt,
        future: impl Future<Output = mongodb::error::Result<T>>,
    ) -> std::result::Result<T, Failure> {
        self.guarded(interrupt, None, pin!(future))
    }

    /// Runs one operation in a session that the caller keeps, with a deadline of its own where it has one.
    pub fn call_in<T>(
        &self,
        interrupt: &Interrupt,
        session: &mut ClientSession,
        timeout: Option<Duration>,
        operation: impl AsyncFnOnce(&mut ClientSession) -> mongodb::error::Result<T>,
    ) -> std::result::Result<T, Failure> {
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
    ) -> std::result::Result<T, Failure> {
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
    ) -> std::result::Result<T, Failure> {
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
    ) -> std::result::Result<T, Failure> {
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

    fn check_going_on(&self, interrupt: &Interrupt) -> std::result::Result<(), Failure> {
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
    ) -> std::result::Result<T, Failure> {
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

    /// Whether a connection may be used for what nobody waits for yet, and one is left for whoever comes next.
    pub(in crate::mongo) fn has_connections_to_spare(&self) -> bool {
        let (max, busy) = (self.settings().max_pool_size(), self.pool().busy());
        max == 0 || busy + 1 < u64::from(max)
    }

    /// The driver's own tasks go with a client that is closed, and a call that still needs one of them panics.
    fn panic_error(&self) -> Error {
        if self.is_closed() {
            return self.closed_error();
        }
        Error::new(
            Kind::Network,
            "the driver failed inside; whether the call reached the server is not known",
        )
        .hint("look at what is there before trying again; `connect` gives a new client")
    }

    /// What the driver's error means, seen with what this client knows beyond the one call.
    fn explain(&self, error: Error, started: Instant) -> Error {
        let mut refused = self
            .inner
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if error.kind() == Kind::Authentication {
            return refused.get_or_insert(error).clone();
        }
        if self.is_closed() {
            return self.closed_error();
        }
        let selection = self.settings().server_selection_timeout();
        let no_server = matches!(
            error.kind(),
            Kind::Network | Kind::PoolCleared | Kind::ServerSelectionTimeout
        );
        if !no_server {
            return error;
        }
        if let Some(first) = refused.as_ref() {
            return first.clone();
        }
        if !self.has_reached_a_server()
            && let Some(hint) = tls_hint(self.settings().uses_tls(), error.message())
        {
            return error.hint(hint);
        }
        // The driver's retry hands back its last error, whatever it waited for.
        if error.kind() != Kind::ServerSelectionTimeout && started.elapsed() >= selection {
            let hint =
                "check that the server runs; `server_selection_timeout_ms` sets how long to wait";
            let ms = selection.as_millis();
            return error
                .with_kind(Kind::ServerSelectionTimeout)
                .context(|message| {
                    format!("no suitable server was found within {ms} ms: {message}")
                })
                .hint(hint);
        }
        error
    }

    /// Tells the server to stop what a call that gave up had started there.
    fn kill_if_running(&self, failure: &Failure, session: Option<&Document>) {
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

    fn pool_wait_error(&self) -> Error {
        let (pool, max) = (self.pool().counts(), self.settings().max_pool_size());
        let error = Error::new(
            Kind::PoolWaitTimeout,
            "no connection of the pool became free in time; nothing was sent",
        );
        if max == 0 || pool.in_use < u64::from(max) {
            return error.hint("the pool has room, but no new connection got ready: the server may hang, or needs more time");
        }
        error.hint(format!(
            "the pool has {max} {} at the most, {} in use now, {} calls waiting: raise `max_pool_size`, or hold connections for a shorter time",
            if max == 1 { "connection" } else { "connections" },
            pool.in_use,
            pool.waiting,
        ))
    }

    pub(in crate::mongo) fn closed_error(&self) -> Error {
        Error::new(Kind::ClientClosed, "the client is closed")
            .hint("open a new one with `connect(…)`")
    }
}

/// What to do where one side speaks TLS and the other does not, or does not trust: seen from how the first handshake ended.
fn tls_hint(uses_tls: bool, message: &str) -> Option<&'static str> {
    let says = |words: &str| message.contains(words);
    if uses_tls && (says("(tls handshake eof)") || says("(received corrupt message)")) {
        return Some(
            "what listens there does not take TLS: leave out `tls`, or give it a certificate and `--tlsMode`",
        );
    }
    if uses_tls && says("its certificate ") {
        return Some(
            "name the file of its authority with `tls_ca_file` (`tlsCAFile` in a URI), and use a host name that the certificate is made for",
        );
    }
    (!uses_tls && says("(unexpected end of file)")).then_some(
        "it ends the connection unanswered, as a server does that takes only TLS: try `tls: true` (`tls=true` in a URI), and `tls_ca_file` where its authority is your own",
    )
}

async fn start_session(driver: &mongodb::Client) -> mongodb::error::Result<ClientSession> {
    let mut options = SessionOptions::default();
    // The call's own session is no promise about the order of a script's reads.
    options.causal_consistency = Some(false);
    driver.start_session().with_options(options).await
}

/// Whether a call ended before the server's answer.
fn gave_up(failure: &Failure) -> bool {
    match failure {
        Failure::Stopped(_) => true,
        Failure::Error(error) => error.kind() == Kind::OperationTimeout,
    }
}

pub(in crate::mongo) fn deadline_error(timeout: Option<Duration>, sent: bool) -> Error {
    let ms = timeout.unwrap_or_default().as_millis();
    let what = if sent {
        "a write that was on its way may have been applied"
    } else {
        "nothing was sent"
    };
    Error::new(
        Kind::OperationTimeout,
        format!("the operation did not end within {ms} ms; {what}"),
    )
    .hint("give it more time with `timeout_ms`; look before you repeat a write")
}
