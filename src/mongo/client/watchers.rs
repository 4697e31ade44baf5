use std::future::IntoFuture;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mongodb::options::ClientOptions;
use tokio::task::AbortHandle;

use super::KILL_TIMEOUT;
use crate::error::Result;
use crate::mongo::bridge::Bridge;
use crate::mongo::convert_error::convert;
use crate::mongo::trace::command_recorder::{CommandRecorder, handler};
use crate::mongo::trace::tracer::Tracer;
use crate::mongo::trace::wire_log::WireLog;

/// The driver's clients and the tasks of a client's change streams.
///
/// A waiting stream always uses a connection. With their own pool, streams take no connections from
/// other calls and do not count in the client's pool.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    plain: Option<mongodb::Client>,
    /// The client whose commands are shown, for streams that are opened while tracing is on.
    traced: Option<(mongodb::Client, WireLog)>,
    tasks: Vec<AbortHandle>,
    /// Whether a stream was ever opened.
    any: bool,
}

/// How many change streams one client can have open at a time.
const MOST_WATCHERS: u32 = 10_000;
/// Unused connections of streams are closed after this time.
const WATCHER_IDLE: Duration = Duration::from_secs(60);
/// After an election, all streams reconnect at the same time.
const WATCHERS_CONNECTING: u32 = 8;

impl Watchers {
    /// Returns the driver's client for a new stream. The first stream opens it with `options`. With
    /// a recorder, its commands are recorded; with a tracer, they are shown.
    ///
    /// # Errors
    /// Those of opening a client.
    pub(crate) fn client(
        &self,
        bridge: &Bridge,
        mut options: ClientOptions,
        recorder: Option<CommandRecorder>,
        tracer: Option<&Tracer>,
    ) -> Result<mongodb::Client> {
        let mut state = self.lock();
        let Some(tracer) = tracer else {
            let plain = match state.plain.take() {
                Some(plain) => plain,
                None => {
                    options.command_event_handler = handler(recorder, None);
                    open(bridge, options)?
                }
            };
            return Ok(state.plain.insert(plain).clone());
        };
        let (client, log) = match state.traced.take() {
            Some(traced) => traced,
            None => {
                let log = WireLog::of_streams(tracer.clone());
                log.listen(&mut options, None, recorder);
                (open(bridge, options)?, log)
            }
        };
        Ok(state.traced.insert((client, log)).0.clone())
    }

    /// Switches the display of the streams' commands on or off, for streams that were opened with a
    /// tracer.
    pub(crate) fn trace(&self, on: bool) {
        if let Some((_, log)) = &self.lock().traced {
            log.switch(on);
        }
    }

    /// Stores the task of an open stream, to end it with the client.
    pub(crate) fn add(&self, task: AbortHandle) {
        let mut state = self.lock();
        state.any = true;
        state.tasks.retain(|task| !task.is_finished());
        state.tasks.push(task);
    }

    /// Returns whether a stream was ever opened.
    pub(crate) fn any(&self) -> bool {
        self.lock().any
    }

    /// Ends all streams and closes their pools.
    pub(crate) fn close(&self, bridge: &Bridge) {
        let mut state = self.lock();
        state.tasks.drain(..).for_each(|task| task.abort());
        let traced = state.traced.take().map(|(traced, _)| traced);
        for client in state.plain.take().into_iter().chain(traced) {
            // A normal shutdown would wait for the connections of streams, which wait for events.
            bridge.spawn_cleanup(async move {
                let shutdown = client.shutdown().immediate(true).into_future();
                let _ = tokio::time::timeout(KILL_TIMEOUT, shutdown).await;
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(bridge: &Bridge, mut options: ClientOptions) -> Result<mongodb::Client> {
    options.max_pool_size = Some(MOST_WATCHERS);
    options.min_pool_size = None;
    options.max_idle_time = Some(WATCHER_IDLE);
    options.max_connecting = Some(WATCHERS_CONNECTING);
    bridge
        .block_on(async { mongodb::Client::with_options(options) })
        .map_err(|error| convert(&error))
}
