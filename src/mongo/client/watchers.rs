use std::future::IntoFuture;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mongodb::options::ClientOptions;
use tokio::task::AbortHandle;

use super::KILL_TIMEOUT;
use crate::error::Result;
use crate::mongo::bridge::Bridge;
use crate::mongo::convert_error::convert;
use crate::mongo::trace::tracer::Tracer;
use crate::mongo::trace::wire_log::WireLog;

/// What the change streams of a client have for themselves: the driver's clients they use, and their tasks.
///
/// A stream that waits holds a connection all the time. On a pool of their own, as large as they need it, streams take
/// none from ordinary calls, and are not among the numbers of the client's pool.
#[derive(Debug, Default)]
pub struct Watchers {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    plain: Option<mongodb::Client>,
    /// The one whose commands are shown, for streams that are opened while they are.
    traced: Option<(mongodb::Client, WireLog)>,
    tasks: Vec<AbortHandle>,
    /// Whether a stream was ever opened.
    any: bool,
}

/// How many change streams one client can have open at a time.
const MOST_WATCHERS: u32 = 10_000;
/// Connections that no stream uses any more are closed after that long.
const WATCHER_IDLE: Duration = Duration::from_secs(60);
/// After an election all streams come back at once.
const WATCHERS_CONNECTING: u32 = 8;

impl Watchers {
    /// The driver's client for a stream that begins now, opened with `options` when the first one needs it. With a
    /// tracer its commands are shown.
    ///
    /// # Errors
    /// Those of opening a client.
    pub fn client(
        &self,
        bridge: &Bridge,
        options: ClientOptions,
        tracer: Option<&Tracer>,
    ) -> Result<mongodb::Client> {
        let mut state = self.lock();
        let Some(tracer) = tracer else {
            let plain = match state.plain.take() {
                Some(plain) => plain,
                None => open(bridge, options)?,
            };
            return Ok(state.plain.insert(plain).clone());
        };
        let (client, log) = match state.traced.take() {
            Some(traced) => traced,
            None => {
                let log = WireLog::of_streams(tracer.clone());
                let mut options = options;
                options.command_event_handler = Some(log.handler());
                (open(bridge, options)?, log)
            }
        };
        Ok(state.traced.insert((client, log)).0.clone())
    }

    /// Shows the commands of streams that were opened to be shown, or no more.
    pub fn trace(&self, on: bool) {
        if let Some((_, log)) = &self.lock().traced {
            log.switch(on);
        }
    }

    /// Remembers a stream's task, to end it with the client; a server has answered it.
    pub fn add(&self, task: AbortHandle) {
        let mut state = self.lock();
        state.any = true;
        state.tasks.retain(|task| !task.is_finished());
        state.tasks.push(task);
    }

    /// Whether there was ever a stream.
    pub fn any(&self) -> bool {
        self.lock().any
    }

    /// Ends all streams and closes their pools.
    pub fn close(&self, bridge: &Bridge) {
        let mut state = self.lock();
        state.tasks.drain(..).for_each(|task| task.abort());
        let traced = state.traced.take().map(|(traced, _)| traced);
        for client in state.plain.take().into_iter().chain(traced) {
            // A shutdown waits for connections that are in use, and those of streams wait for events.
            bridge.spawn_last(async move {
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
