use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bson::{Bson, Document};
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::event::command::{CommandEvent, CommandStartedEvent};
use mongodb::options::ClientOptions;

use super::command_recorder::{CommandRecorder, handler};
use super::command_trace::{CommandOutcome, CommandTrace};
use super::redaction::{is_sensitive, shown};
use super::tracer::Tracer;
use crate::mongo::convert_error::convert;
use crate::mongo::pool::pool_monitor::PoolMonitor;

/// Combines the driver's events about the start and the end of a command (command logging and
/// monitoring specification). Copies share it.
#[derive(Clone, Debug)]
pub(crate) struct WireLog {
    tracer: Tracer,
    on: Arc<AtomicBool>,
    /// Whether empty replies are not shown.
    of_streams: bool,
    commands: Arc<Mutex<Commands>>,
}

#[derive(Debug, Default)]
struct Commands {
    /// By the driver's request number.
    under_way: HashMap<i32, StartedCommand>,
    /// The last failed command of each session: if the same command follows, it is a retry.
    failed: HashMap<Vec<u8>, Document>,
}

#[derive(Debug)]
struct StartedCommand {
    name: String,
    connection: ConnectionKey,
    since: Instant,
    database: String,
    command: Document,
    session: Option<Vec<u8>>,
    is_retry: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct ConnectionKey {
    server: String,
    /// Its number, for this client and server.
    id: u32,
}

/// The maximum number of sessions with a failed command in memory.
const MOST_FAILED: usize = 1000;

/// Commands that the driver sends by itself.
pub(super) const DRIVER_COMMANDS: &[&str] = &["hello", "isMaster", "ismaster", "endSessions"];

impl WireLog {
    pub(crate) fn new(tracer: Tracer) -> Self {
        Self {
            tracer,
            on: Arc::new(AtomicBool::new(true)),
            of_streams: false,
            commands: Arc::default(),
        }
    }

    /// Creates the log of change streams, which send `getMore` every second: only replies with
    /// events are shown.
    pub(crate) fn of_streams(tracer: Tracer) -> Self {
        Self {
            of_streams: true,
            ..Self::new(tracer)
        }
    }

    /// Switches the display of commands on or off.
    pub(crate) fn switch(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    /// Makes a client report its commands here, and its pool's events to `pool` as well. The driver
    /// decodes every command and reply then. With a recorder, they are recorded too.
    pub(crate) fn listen(
        &self,
        options: &mut ClientOptions,
        pool: Option<&PoolMonitor>,
        recorder: Option<CommandRecorder>,
    ) {
        options.command_event_handler = handler(recorder, Some(self));
        let (log, pool) = (self.clone(), pool.cloned());
        options.cmap_event_handler = Some(EventHandler::callback(move |event| {
            if let Some(pool) = &pool {
                pool.hear(&event);
            }
            if let CmapEvent::ConnectionClosed(closed) = event {
                log.cancel(&ConnectionKey {
                    server: closed.address.to_string(),
                    id: closed.connection_id,
                });
            }
        }));
    }

    pub(super) fn hear(&self, event: CommandEvent) {
        match event {
            CommandEvent::Started(event) => self.begin(event),
            CommandEvent::Succeeded(event) => {
                let repeats = asks_for_repetition(&event.reply);
                self.end(
                    event.request_id,
                    event.duration,
                    done(&event.reply),
                    repeats,
                );
            }
            CommandEvent::Failed(event) => {
                let error = convert(&event.failure);
                let outcome = CommandOutcome::Failed {
                    kind: error.kind().to_string(),
                    code: error.facts().code,
                };
                self.end(event.request_id, event.duration, outcome, true);
            }
            _ => {}
        }
    }

    /// Shows the command whose connection was closed before the reply. The driver reports nothing
    /// about it.
    fn cancel(&self, connection: &ConnectionKey) {
        let cancelled = {
            let commands = self.lock();
            let mut under_way = commands.under_way.iter();
            under_way
                .find(|(_, begun)| begun.connection == *connection)
                .map(|(request, begun)| (*request, begun.since.elapsed()))
        };
        if let Some((request, duration)) = cancelled {
            self.end(request, duration, CommandOutcome::Cancelled, false);
        }
    }

    /// Shows the commands of a session whose call gave up, because the program may end before their
    /// connections are closed.
    pub(crate) fn cancel_session(&self, session: &Document) {
        let Some(session) = session_id(session) else {
            return;
        };
        let cancelled: Vec<(i32, Duration)> = {
            let commands = self.lock();
            let under_way = commands.under_way.iter();
            under_way
                .filter(|(_, begun)| begun.session.as_ref() == Some(&session))
                .map(|(request, begun)| (*request, begun.since.elapsed()))
                .collect()
        };
        for (request, duration) in cancelled {
            self.end(request, duration, CommandOutcome::Cancelled, false);
        }
    }

    fn begin(&self, event: CommandStartedEvent) {
        let session = session_of(&event.command);
        let mut commands = self.lock();
        let command = without_time(event.command);
        let failed = session
            .as_ref()
            .and_then(|session| commands.failed.remove(session));
        let begun = StartedCommand {
            name: event.command_name,
            connection: ConnectionKey {
                server: event.connection.address.to_string(),
                id: event.connection.id,
            },
            since: Instant::now(),
            is_retry: failed.is_some_and(|failed| failed == command),
            database: event.db,
            command,
            session,
        };
        commands.under_way.insert(event.request_id, begun);
    }

    fn end(
        &self,
        request: i32,
        duration: Duration,
        outcome: CommandOutcome,
        may_be_repeated: bool,
    ) {
        let Some(begun) = self.ended(request, may_be_repeated) else {
            return;
        };
        let name = begun.name;
        let is_hidden = DRIVER_COMMANDS.contains(&name.as_str())
            || self.of_streams && name == "getMore" && is_without_events(&outcome);
        if is_hidden || !self.on.load(Ordering::Relaxed) {
            return;
        }
        let body = (!is_sensitive(&name)).then(|| shown(begun.command));
        self.tracer.show(CommandTrace {
            name,
            database: begun.database,
            server: begun.connection.server,
            connection: begun.connection.id,
            duration,
            is_retry: begun.is_retry,
            body,
            outcome,
        });
    }

    fn ended(&self, request: i32, may_be_repeated: bool) -> Option<StartedCommand> {
        let mut commands = self.lock();
        let begun = commands.under_way.remove(&request)?;
        if let Some(session) = begun.session.clone().filter(|_| may_be_repeated) {
            if commands.failed.len() >= MOST_FAILED {
                commands.failed.clear();
            }
            commands.failed.insert(session, begun.command.clone());
        }
        Some(begun)
    }

    fn lock(&self) -> MutexGuard<'_, Commands> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the cluster time, which a retry changes.
fn without_time(mut command: Document) -> Document {
    command.remove("$clusterTime");
    command
}

fn session_of(command: &Document) -> Option<Vec<u8>> {
    session_id(command.get_document("lsid").ok()?)
}

fn session_id(session: &Document) -> Option<Vec<u8>> {
    match session.get("id")? {
        Bson::Binary(id) => Some(id.bytes.clone()),
        _ => None,
    }
}

fn asks_for_repetition(reply: &Document) -> bool {
    let labels = reply.get_array("errorLabels").into_iter().flatten();
    labels
        .filter_map(Bson::as_str)
        .any(|label| label == "RetryableWriteError")
}

/// Returns whether a `getMore` of a stream returned no events, or was waiting when the stream was
/// closed.
fn is_without_events(outcome: &CommandOutcome) -> bool {
    match outcome {
        CommandOutcome::Done(said) => said
            .iter()
            .any(|(name, number)| name == "nextBatch" && *number == 0),
        CommandOutcome::Failed { .. } => false,
        CommandOutcome::Cancelled => true,
    }
}

/// Collects the numbers in a reply: counts, documents in a batch, errors in a reply with `ok`.
fn done(reply: &Document) -> CommandOutcome {
    let mut said = Vec::new();
    for name in ["n", "nModified"] {
        match reply.get(name) {
            Some(Bson::Int32(number)) => said.push((name.to_owned(), i64::from(*number))),
            Some(Bson::Int64(number)) => said.push((name.to_owned(), *number)),
            _ => {}
        }
    }
    let length = |values: &Vec<Bson>| i64::try_from(values.len()).unwrap_or(i64::MAX);
    if let Ok(cursor) = reply.get_document("cursor") {
        for name in ["firstBatch", "nextBatch"] {
            said.extend(
                cursor
                    .get_array(name)
                    .ok()
                    .map(|batch| (name.to_owned(), length(batch))),
            );
        }
    }
    let errors = reply.get_array("writeErrors").ok();
    said.extend(errors.map(|errors| ("writeErrors".to_owned(), length(errors))));
    if let Ok(concern) = reply.get_document("writeConcernError") {
        let code = concern.get_i32("code").unwrap_or_default();
        said.push(("writeConcernError".to_owned(), i64::from(code)));
    }
    CommandOutcome::Done(said)
}
