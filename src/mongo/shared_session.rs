use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use bson::{Document, Timestamp};
use mongodb::ClientSession;
use mongodb::options::{SessionOptions, TransactionOptions};

use super::call_error::CallError;
use super::client::Client;
use super::interrupt::Interrupt;
use crate::error::{Error, Result};
use crate::mongo::options::call_options::CallOptions;
use crate::mongo::options::concerns::Concerns;

/// A session of a script, for causal consistency and transactions (driver sessions specification).
#[derive(Clone, Debug)]
pub struct SharedSession {
    client: Client,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// `None` after the session has ended.
    driver: Option<ClientSession>,
    in_transaction: bool,
}

impl SharedSession {
    /// Starts a session on `client`.
    ///
    /// # Errors
    /// `InvalidArgument` for wrong options.
    pub fn start(
        client: &Client,
        interrupt: &Interrupt,
        options: Document,
    ) -> std::result::Result<Self, CallError> {
        let mut options = CallOptions::of("start_session", options);
        let mut session = SessionOptions::default();
        session.causal_consistency = options.take_as("causal_consistency", "`true` or `false`")?;
        session.snapshot = options.take_as("snapshot", "`true` or `false`")?;
        session.default_transaction_options = Some(transaction_options(options)?);
        let start = client.driver().start_session().with_options(session);
        let driver = client.guarded_by(interrupt, async { start.await })?;
        Ok(Self {
            client: client.clone(),
            state: Arc::new(Mutex::new(State {
                driver: Some(driver),
                in_transaction: false,
            })),
        })
    }

    /// Returns whether the session belongs to `client`.
    pub fn belongs_to(&self, client: &Client) -> bool {
        self.client.is_same(client)
    }

    pub fn in_transaction(&self) -> Result<bool> {
        Ok(self.lock()?.in_transaction)
    }

    /// Runs one operation in this session.
    ///
    /// # Errors
    /// The operation's error; `InvalidArgument`, if the session has ended or another thread uses
    /// it.
    pub fn call<T>(
        &self,
        interrupt: &Interrupt,
        operation: impl AsyncFnOnce(&mut ClientSession) -> mongodb::error::Result<T>,
    ) -> std::result::Result<T, CallError> {
        self.call_within(interrupt, None, operation)
    }

    /// Does the same with its own deadline.
    pub fn call_within<T>(
        &self,
        interrupt: &Interrupt,
        timeout: Option<Duration>,
        operation: impl AsyncFnOnce(&mut ClientSession) -> mongodb::error::Result<T>,
    ) -> std::result::Result<T, CallError> {
        let mut state = self.lock()?;
        let session = state.driver.as_mut().ok_or_else(ended)?;
        self.client.call_in(interrupt, session, timeout, operation)
    }

    /// Returns an error if the session has ended.
    pub fn ensure_open(&self) -> Result<()> {
        self.lock()?.driver.as_ref().map(drop).ok_or_else(ended)
    }

    /// Returns the first operation time after everything that this session has seen, if it has seen
    /// anything.
    ///
    /// # Errors
    /// `InvalidArgument`, if it is in a transaction, which cannot contain a change stream; if it
    /// has ended; or if another thread uses it.
    pub fn next_operation_time(&self) -> Result<Option<Timestamp>> {
        let state = self.lock()?;
        if state.in_transaction {
            return Err(Error::invalid_argument(
                "a change stream cannot be a part of a transaction",
            )
            .hint("watch before the transaction starts, or without its `session`"));
        }
        let session = state.driver.as_ref().ok_or_else(ended)?;
        Ok(session.operation_time().map(|seen| Timestamp {
            time: seen.time,
            increment: seen.increment.saturating_add(1),
        }))
    }

    /// Advances this session's times to those of another session, so that later reads come after
    /// its operations.
    ///
    /// # Errors
    /// `InvalidArgument`, if the session has ended or another thread uses it.
    pub fn follow(&self, other: &ClientSession) -> Result<()> {
        let mut state = self.lock()?;
        let session = state.driver.as_mut().ok_or_else(ended)?;
        if let Some(time) = other.cluster_time() {
            session.advance_cluster_time(time);
        }
        if let Some(time) = other.operation_time() {
            session.advance_operation_time(time);
        }
        Ok(())
    }

    /// Starts a transaction. The first operation tells the server.
    pub fn start_transaction(
        &self,
        interrupt: &Interrupt,
        options: Document,
    ) -> std::result::Result<(), CallError> {
        let options = CallOptions::of("start_transaction", options);
        let options = transaction_options(options)?;
        self.call(interrupt, async |session| {
            session.start_transaction().with_options(options).await
        })?;
        self.lock()?.in_transaction = true;
        Ok(())
    }

    /// Commits the transaction. After an error with the label `UnknownTransactionCommitResult`, the
    /// call can be repeated.
    pub fn commit(&self, interrupt: &Interrupt) -> std::result::Result<(), CallError> {
        let done = self.call(interrupt, async |session| {
            session.commit_transaction().await
        });
        self.lock()?.in_transaction = false;
        done
    }

    /// Aborts the transaction and discards its writes.
    pub fn abort(&self, interrupt: &Interrupt) -> std::result::Result<(), CallError> {
        let done = self.call(interrupt, async |session| session.abort_transaction().await);
        self.lock()?.in_transaction = false;
        done
    }

    /// Ends the session and aborts an open transaction. A second call does nothing.
    pub fn end(&self) {
        let Ok(mut state) = self.lock() else {
            return;
        };
        let Some(mut session) = state.driver.take() else {
            return;
        };
        let in_transaction = std::mem::take(&mut state.in_transaction);
        self.client.bridge().block_on(async move {
            if in_transaction && !self.client.is_closed() {
                // The server would abort it only after a minute.
                let _ =
                    tokio::time::timeout(END_TIMEOUT, async { session.abort_transaction().await })
                        .await;
            }
            drop(session);
        });
    }

    fn lock(&self) -> Result<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Ok(state),
            Err(TryLockError::Poisoned(state)) => Ok(state.into_inner()),
            Err(TryLockError::WouldBlock) => Err(Error::invalid_argument(
                "the session is in use by another task at this moment",
            )
            .hint("one task at a time can use a session: start one session for each task")),
        }
    }
}

/// How long the end of a session waits for the server.
const END_TIMEOUT: Duration = Duration::from_secs(1);

fn ended() -> Error {
    Error::invalid_argument("the session has ended")
        .hint("start a new one with `client.start_session()`")
}

fn transaction_options(mut options: CallOptions) -> Result<TransactionOptions> {
    let max_commit_time = options.take_ms("max_commit_time_ms")?;
    let concerns = Concerns::take(&mut options)?;
    let mut transaction = TransactionOptions::default();
    transaction.max_commit_time = max_commit_time;
    transaction.read_concern = concerns.read;
    transaction.write_concern = concerns.write;
    transaction.selection_criteria = concerns.selection;
    Ok(transaction)
}
