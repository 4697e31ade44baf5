mod call_session;
mod calls;
pub(super) mod explain;
pub(super) mod key_wait;
pub(super) mod pending_call;
pub(super) mod retry_session;
pub(super) mod server_limits;
mod tracing;
pub(super) mod watchers;
pub(super) mod wire_name;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bson::Document;
use mongodb::options::ClientOptions;

use super::bridge::Bridge;
use super::convert_error::convert;
use super::topology::TopologyMonitor;
use crate::error::{Error, Result};
use crate::mongo::client::call_session::RetiredSessions;
use crate::mongo::client::retry_session::RetrySessions;
use crate::mongo::client::server_limits::ServerLimits;
use crate::mongo::client::watchers::Watchers;
use crate::mongo::options::client_settings::ClientSettings;
use crate::mongo::options::connection_string::ConnectionString;
use crate::mongo::pool::pool_monitor::PoolMonitor;
use crate::mongo::trace::command_recorder::{CommandRecorder, handler};
use crate::mongo::trace::wire_log::WireLog;

/// A client of one deployment: the driver's client with monitored pools and limited calls. Copies
/// share it.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    driver: mongodb::Client,
    /// A second driver's client with tracing, if tracing was switched on later.
    traced: OnceLock<(mongodb::Client, WireLog)>,
    /// The log of the commands of `driver`, if it is traced.
    log: Option<WireLog>,
    tracing: AtomicBool,
    /// Records its commands, if the run is recorded.
    recorder: Option<CommandRecorder>,
    bridge: Bridge,
    settings: ClientSettings,
    pool: PoolMonitor,
    topology: TopologyMonitor,
    /// The unique application name of this client.
    wire_name: String,
    /// The clients and tasks of its change streams.
    watchers: Watchers,
    /// The sessions of its bulk writes.
    retry_sessions: RetrySessions,
    retired_sessions: Arc<RetiredSessions>,
    /// The server's limits, read by the first bulk write.
    limits: OnceLock<ServerLimits>,
    closed: AtomicBool,
    /// The first authentication error. Later calls only report a failed server selection.
    refused: Mutex<Option<Error>>,
}

/// How long the event loop runs before a close, to notice servers that have just died.
const NOTICE: Duration = Duration::from_millis(2);

/// How long the server may take to accept the kill of an operation.
pub(in crate::mongo) const KILL_TIMEOUT: Duration = Duration::from_millis(500);

impl Client {
    /// Opens a client for `uri` with options. Nothing is sent before the first call.
    ///
    /// # Errors
    /// `InvalidUri`, `InvalidArgument`, or `Network` if a host name cannot be resolved.
    pub fn open(bridge: &Bridge, uri: &ConnectionString, options: Document) -> Result<Self> {
        Self::open_checked(bridge, uri, options, |_| Ok(()))
    }

    /// Does the same as [`open`](Self::open), if `check` accepts the parsed settings.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and of `check`.
    pub fn open_checked(
        bridge: &Bridge,
        uri: &ConnectionString,
        options: Document,
        check: impl FnOnce(&ClientSettings) -> Result<()>,
    ) -> Result<Self> {
        let settings = bridge.block_on(ClientSettings::parse(uri, options))?;
        check(&settings)?;
        let recorded = bridge.recorder().map(|recorder| {
            let name = settings.driver.app_name.as_deref();
            let id = recorder.add_client(name, settings.max_pool_size(), settings.servers());
            (recorder.clone(), id)
        });
        let pool = PoolMonitor::new(recorded.clone());
        let mut driver: ClientOptions = settings.driver.clone();
        let topology = TopologyMonitor::new(recorded.clone());
        let recorder = recorded.map(|(recorder, id)| CommandRecorder::new(&recorder, id));
        driver.sdam_event_handler = Some(topology.handler());
        let wire_name = wire_name::unique(driver.app_name.as_deref());
        driver.app_name = Some(wire_name.clone());
        let log = bridge.tracer().filter(|_| bridge.traces_all());
        let log = log.cloned().map(WireLog::new);
        match &log {
            Some(log) => log.listen(&mut driver, Some(&pool), recorder.clone()),
            None => {
                driver.cmap_event_handler = Some(pool.handler());
                driver.command_event_handler = handler(recorder.clone(), None);
            }
        }
        // The driver starts its monitors in the current runtime.
        let driver = bridge.block_on(async { mongodb::Client::with_options(driver) });
        Ok(Self {
            inner: Arc::new(Inner {
                driver: driver.map_err(|error| convert(&error))?,
                traced: OnceLock::new(),
                tracing: AtomicBool::new(log.is_some()),
                recorder,
                log,
                bridge: bridge.clone(),
                settings,
                pool,
                topology,
                wire_name,
                watchers: Watchers::default(),
                retry_sessions: RetrySessions::default(),
                retired_sessions: Arc::default(),
                limits: OnceLock::new(),
                closed: AtomicBool::new(false),
                refused: Mutex::new(None),
            }),
        })
    }

    /// Returns the driver's client for new operations.
    pub fn driver(&self) -> &mongodb::Client {
        match self.inner.traced.get() {
            Some((traced, _)) if self.is_tracing() => traced,
            _ => &self.inner.driver,
        }
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

    /// Returns whether both are copies of one client.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Returns the `appName` of this client on the server.
    pub(in crate::mongo) fn wire_name(&self) -> &str {
        &self.inner.wire_name
    }

    /// Returns whether a server has ever answered.
    pub fn has_reached_a_server(&self) -> bool {
        self.pool().checkouts_ever() > 0 || self.inner.watchers.any()
    }

    pub fn is_closed(&self) -> bool {
        self.inner.closed.load(Ordering::SeqCst)
    }

    /// Closes the pools. Calls in progress end with an error, later calls throw `ClientClosed`.
    ///
    /// While a server cannot be reached, the pools stay open until it is back or until the last
    /// handle is gone. The driver's shutdown would never end: the monitor of that server tries
    /// again without a pause, and nothing else on this event loop runs any more.
    pub fn close(&self) {
        if self.inner.closed.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some((traced, _)) = self.inner.traced.get() {
            let traced = traced.clone().shutdown().immediate(true);
            self.bridge().block_on(async move { traced.await });
        }
        self.inner.watchers.close(self.bridge());
        // A server that has just died is noticed here.
        self.bridge()
            .block_on(async { tokio::time::sleep(NOTICE).await });
        // Without `immediate` it would wait for every open cursor.
        let shutdown = |inner: &Inner| inner.driver.clone().shutdown().immediate(true);
        if self.inner.topology.all_available() {
            let shutdown = shutdown(&self.inner);
            self.bridge().block_on(async move { shutdown.await });
            return;
        }
        let client = Arc::downgrade(&self.inner);
        self.inner.topology.once_all_available(move || {
            if let Some(inner) = client.upgrade() {
                let shutdown = shutdown(&inner);
                inner.bridge.spawn_cleanup(async move { shutdown.await });
            }
        });
    }

    /// Returns whether the pool has a connection for a background call and one more for the next
    /// call.
    pub(in crate::mongo) fn has_connections_to_spare(&self) -> bool {
        let (max, busy) = (self.settings().max_pool_size(), self.pool().busy());
        max == 0 || busy + 1 < u64::from(max)
    }
}
