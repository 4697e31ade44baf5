use std::collections::VecDeque;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bson::raw::{RawDocument, RawDocumentBuf};
use bson::{Bson, Document};
use bytes::Bytes;
use mongodb::change_stream::event::ResumeToken;
use mongodb::options::ChangeStreamOptions;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::bridge::{CallAborted, Limits};
use super::call_error::CallError;
use super::client::Client;
use super::convert_error::convert;
use super::interrupt::Interrupt;
use super::watch::Watch;
use crate::error::server_codes::{CURSOR_NOT_FOUND, KEY_NOT_FOUND, RESUMABLE_WITHOUT_LABEL};
use crate::error::{Error, Kind};
use crate::mongo::allow_list::permit::Permit;
use crate::mongo::pool::checkout_watch::CheckoutWatch;

/// The limits of the buffer, in events and bytes. The task stops reading until the script has taken
/// some.
const MOST_EVENTS: usize = 1000;
const MOST_BYTES: usize = 16 << 20;

/// The minimum time that a stream tries to resume after it lost its server.
const RESUME_LIMIT: Duration = Duration::from_secs(30);
const RESUME_PAUSE: Duration = Duration::from_millis(100);

/// From this wire version on (MongoDB 4.4), the server labels the errors after which a stream
/// resumes.
const WIRE_VERSION_WITH_LABELS: i32 = 9;
const RESUMABLE: &str = "ResumableChangeStreamError";

type Driver = mongodb::change_stream::ChangeStream<RawDocumentBuf>;

/// An open change stream. A task reads events ahead, on a separate connection pool.
///
/// The task owns the driver's stream, because a stream that is dropped while it waits loses its
/// resume token. The task ends when this is dropped.
#[derive(Debug)]
pub struct ChangeStream {
    client: Client,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Signals a new event or the end.
    arrived: Notify,
    /// Signals that the buffer has room.
    taken: Notify,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Bytes>,
    bytes: usize,
    /// The resume token after the last event that the script took.
    token: Option<Document>,
    end: Option<StreamEnd>,
}

#[derive(Debug)]
enum StreamEnd {
    Over,
    Failed(Error),
}

impl ChangeStream {
    /// Opens a stream; returns after the server has opened it.
    ///
    /// # Errors
    /// `ChangeStreamUnsupported`, `ChangeStreamHistoryLost`, and all errors of a call.
    pub fn open(watch: Watch, interrupt: &Interrupt) -> std::result::Result<Self, CallError> {
        let client = watch.client.clone();
        Permit::pipeline(&client, watch.scope.database(), &watch.pipeline)?;
        let options = watch.options()?;
        let driver = client.for_watching()?;
        let first = watch.start_or_retry(&driver, options.clone());
        let stream = client.guarded_by(interrupt, first)?;
        let shared = Arc::new(Shared::default());
        shared.lock().token = stream.resume_token().as_ref().and_then(document_of);
        let reader = Reader {
            watch,
            driver,
            options,
            token: stream.resume_token(),
            shared: Arc::clone(&shared),
        };
        let task = client.bridge().spawn(reader.read(stream)).abort_handle();
        client.add_watcher(task.clone());
        Ok(Self {
            client,
            shared,
            task,
        })
    }

    /// Returns the next event's bytes; `None` at the end or after `limit`.
    pub fn next(
        &self,
        interrupt: &Interrupt,
        limit: Option<Duration>,
    ) -> std::result::Result<Option<Bytes>, CallError> {
        if self.client.is_closed() {
            self.close();
            return Err(self.client.closed_error().into());
        }
        if let Some(stop) = interrupt.stopped_by_now() {
            return Err(stop.into());
        }
        let limits = Limits {
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            ..Limits::default()
        };
        let checkout = CheckoutWatch::new(self.client.pool());
        let next = self.shared.next();
        match self.client.bridge().run(interrupt, limits, &checkout, next) {
            Ok(next) => Ok(next?),
            Err(CallAborted::Stopped(stop)) => Err(stop.into()),
            Err(
                CallAborted::DeadlinePassed
                | CallAborted::WaitQueueTimeout
                | CallAborted::Refused
                | CallAborted::Panicked,
            ) => Ok(None),
        }
    }

    /// Stores an error that `next` returns after the buffered events.
    pub fn fail_later(&self, error: Error) {
        self.shared.lock().end = Some(StreamEnd::Failed(error));
    }

    /// Returns the resume token after the last event that was taken.
    pub fn resume_token(&self) -> Option<Document> {
        self.shared.lock().token.clone()
    }

    /// Returns whether more events can come or are buffered.
    pub fn is_open(&self) -> bool {
        let state = self.shared.lock();
        !self.client.is_closed()
            && (!state.events.is_empty() || !matches!(state.end, Some(StreamEnd::Over)))
    }

    /// Closes the stream here and on the server. A second call does nothing.
    pub fn close(&self) {
        // Aborting the task drops the driver's stream, which tells the server.
        self.task.abort();
        let mut state = self.shared.lock();
        state.events.clear();
        state.bytes = 0;
        state.end = Some(StreamEnd::Over);
        drop(state);
        self.shared.arrived.notify_waiters();
    }
}

impl Drop for ChangeStream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an event or the end.
    async fn next(&self) -> std::result::Result<Option<Bytes>, Error> {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            // Registered before the check, so that no event in between is missed.
            arrived.as_mut().enable();
            if let Some(taken) = self.lock().take() {
                self.taken.notify_waiters();
                return taken;
            }
            arrived.await;
        }
    }

    async fn wait_for_room(&self) {
        loop {
            let taken = self.taken.notified();
            tokio::pin!(taken);
            taken.as_mut().enable();
            if self.lock().has_room() {
                return;
            }
            taken.await;
        }
    }

    fn push(&self, event: RawDocumentBuf) {
        let bytes = Bytes::from(event.into_bytes());
        let mut state = self.lock();
        state.bytes += bytes.len();
        state.events.push_back(bytes);
        drop(state);
        self.arrived.notify_waiters();
    }

    /// Stores the token of an empty batch. It is valid after the script has taken all earlier
    /// events.
    fn nothing_until(&self, token: Option<&ResumeToken>) {
        let mut state = self.lock();
        if state.events.is_empty()
            && let Some(token) = token.and_then(document_of)
        {
            state.token = Some(token);
        }
    }

    fn end(&self, end: StreamEnd) {
        self.lock().end.get_or_insert(end);
        self.arrived.notify_waiters();
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.events.len() < MOST_EVENTS && self.bytes < MOST_BYTES
    }

    /// Returns the next event or the end, if there is one. An error is returned once.
    fn take(&mut self) -> Option<std::result::Result<Option<Bytes>, Error>> {
        if let Some(event) = self.events.pop_front() {
            self.bytes = self.bytes.saturating_sub(event.len());
            self.token = token_of(&event).or_else(|| self.token.take());
            return Some(Ok(Some(event)));
        }
        match self.end.take()? {
            StreamEnd::Over => {
                self.end = Some(StreamEnd::Over);
                Some(Ok(None))
            }
            StreamEnd::Failed(error) => {
                self.end = Some(StreamEnd::Over);
                Some(Err(error))
            }
        }
    }
}

/// The part that runs in the task: it reads ahead while there is room, and resumes after it lost
/// its server.
struct Reader {
    watch: Watch,
    driver: mongodb::Client,
    options: ChangeStreamOptions,
    /// The token after the last event that was read.
    token: Option<ResumeToken>,
    shared: Arc<Shared>,
}

impl Reader {
    async fn read(mut self, mut stream: Driver) {
        loop {
            self.shared.wait_for_room().await;
            match stream.next_if_any().await {
                Ok(Some(event)) => {
                    self.remember(&stream);
                    self.shared.push(event);
                }
                Ok(None) if !stream.is_alive() => return self.shared.end(StreamEnd::Over),
                Ok(None) => {
                    self.remember(&stream);
                    self.shared.nothing_until(self.token.as_ref());
                }
                Err(error) => match self.reopen(error).await {
                    Ok(again) => stream = again,
                    Err(error) => return self.shared.end(StreamEnd::Failed(error)),
                },
            }
        }
    }

    fn remember(&mut self, stream: &Driver) {
        if let Some(token) = stream.resume_token() {
            self.token = Some(token);
        }
    }

    /// Reopens the stream at its last position. The driver tries this only once, and an election
    /// can take longer.
    async fn reopen(&self, lost: mongodb::error::Error) -> std::result::Result<Driver, Error> {
        let lost = convert(&lost);
        // The driver has tried to resume once: the error may be that of this attempt, at a server
        // that has just started.
        let starting = lost.facts().code == Some(KEY_NOT_FOUND);
        if !starting && !is_resumable(&lost, self.watch.client.topology().wire_version()) {
            return Err(lost);
        }
        let selection = self.watch.client.settings().server_selection_timeout();
        let end = Instant::now() + selection.max(RESUME_LIMIT);
        let mut options = self.options.clone();
        if let Some(token) = &self.token {
            options.resume_after = None;
            options.start_at_operation_time = None;
            // `start_after` also works after an `invalidate` event, `resume_after` does not.
            options.start_after = Some(token.clone());
        }
        loop {
            let error = match self.watch.start(&self.driver, options.clone()).await {
                Ok(stream) => return Ok(stream),
                Err(error) => convert(&error),
            };
            if !may_pass(&error) || Instant::now() > end {
                return Err(error);
            }
            tokio::time::sleep(RESUME_PAUSE).await;
        }
    }
}

/// Returns whether a stream is resumed after this error (change streams specification).
fn is_resumable(error: &Error, wire_version: Option<i32>) -> bool {
    let facts = error.facts();
    match facts.code {
        // Not an error of the server.
        None => matches!(
            error.kind(),
            Kind::Network | Kind::PoolCleared | Kind::ServerSelectionTimeout
        ),
        Some(CURSOR_NOT_FOUND) => true,
        Some(code) if wire_version.is_some_and(|version| version < WIRE_VERSION_WITH_LABELS) => {
            RESUMABLE_WITHOUT_LABEL.contains(&code)
        }
        Some(_) => facts.labels.iter().any(|label| label == RESUMABLE),
    }
}

/// Returns whether opening a stream again may work later: there is no primary yet, or it has just
/// started.
fn may_pass(error: &Error) -> bool {
    error.facts().code == Some(KEY_NOT_FOUND)
        || matches!(
            error.kind(),
            Kind::Network | Kind::PoolCleared | Kind::ServerSelectionTimeout | Kind::NotPrimary
        )
}

/// Returns whether a stream that could not be opened is opened again immediately (retryable reads
/// specification).
fn is_retried(error: &Error) -> bool {
    may_pass(error) && error.kind() != Kind::ServerSelectionTimeout
}

/// Returns the resume token of an event: its `_id`.
fn token_of(event: &[u8]) -> Option<Document> {
    let event = RawDocument::from_bytes(event).ok()?;
    Document::try_from(event.get_document("_id").ok()?).ok()
}

fn document_of(token: &ResumeToken) -> Option<Document> {
    match bson::serialize_to_bson(token) {
        Ok(Bson::Document(document)) => Some(document),
        _ => None,
    }
}

impl Watch {
    /// Opens a new stream on the server, and tries it twice if the client retries reads.
    async fn start_or_retry(
        &self,
        driver: &mongodb::Client,
        options: ChangeStreamOptions,
    ) -> mongodb::error::Result<Driver> {
        let first = self.start(driver, options.clone()).await;
        match first {
            Err(error)
                if self.client.settings().retries_reads() && is_retried(&convert(&error)) =>
            {
                self.start(driver, options).await
            }
            first => first,
        }
    }

    /// Opens the stream on the server.
    async fn start(
        &self,
        driver: &mongodb::Client,
        options: ChangeStreamOptions,
    ) -> mongodb::error::Result<Driver> {
        use super::watch::WatchScope::{Collection, Database, Deployment};
        let pipeline = self.stages();
        let stream = match &self.scope {
            Deployment => {
                let watch = driver.watch().pipeline(pipeline).with_options(options);
                watch.into_future().await?.with_type()
            }
            Database(database) => {
                let database = driver.database(database);
                let watch = database.watch().pipeline(pipeline).with_options(options);
                watch.into_future().await?.with_type()
            }
            Collection {
                database,
                collection,
            } => {
                let collection = driver.database(database).collection::<Document>(collection);
                let watch = collection.watch().pipeline(pipeline).with_options(options);
                watch.into_future().await?.with_type()
            }
        };
        Ok(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an error of a server with this code and these labels.
    fn of_server(code: i32, labels: &[&str]) -> Error {
        let mut error = Error::new(Kind::CommandFailed, "failed");
        error.facts_mut().code = Some(code);
        error.facts_mut().labels = labels.iter().map(ToString::to_string).collect();
        error
    }

    #[test]
    fn servers_without_labels_are_judged_by_the_code() {
        let (old, new) = (Some(8), Some(9));
        for code in RESUMABLE_WITHOUT_LABEL {
            assert!(is_resumable(&of_server(*code, &[]), old), "{code}");
            assert!(!is_resumable(&of_server(*code, &[]), new), "{code}");
            assert!(is_resumable(&of_server(*code, &[RESUMABLE]), new), "{code}");
        }
        assert!(!is_resumable(&of_server(8, &[RESUMABLE]), old));
        for version in [None, old, new] {
            assert!(is_resumable(&of_server(CURSOR_NOT_FOUND, &[]), version));
            assert!(is_resumable(&Error::new(Kind::Network, "closed"), version));
            let misuse = Error::new(Kind::InvalidArgument, "wrong");
            assert!(!is_resumable(&misuse, version));
        }
    }
}
