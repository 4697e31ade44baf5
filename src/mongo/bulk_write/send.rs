use std::cell::Cell;
use std::time::{Duration, Instant};

use bson::raw::RawDocumentBuf;
use bson::{Document, doc};
use mongodb::ClientSession;
use mongodb::error::{Error as DriverError, ErrorKind};
use mongodb::options::WriteConcern;

use super::batch::{WriteBatch, split};
use super::operations::BulkOperations;
use super::outcome::BulkOutcome;
use super::reply::{self, RETRYABLE};
use super::write_part::WritePart;
use super::write_state::WriteState;
use crate::error::server_codes::kind_of_code;
use crate::error::{Error, Kind, Result};
use crate::mongo::allow_list::permit::Permit;
use crate::mongo::call_error::CallError;
use crate::mongo::client::Client;
use crate::mongo::client::explain::deadline_error;
use crate::mongo::client::key_wait::KeyWait;
use crate::mongo::client::retry_session::RetrySession;
use crate::mongo::client::server_limits::ServerLimits;
use crate::mongo::interrupt::Interrupt;
use crate::mongo::shared_session::SharedSession;

/// A bulk write that is being sent.
#[derive(Clone, Debug)]
pub struct BulkWrite {
    pub client: Client,
    pub database: String,
    pub collection: String,
    pub operations: BulkOperations,
    /// What errors call one operation.
    pub part: WritePart,
    /// Whether the operations run in order and stop at the first error.
    pub ordered: bool,
    /// The write concern of the call or the collection; `None` to use the client's.
    pub write_concern: Option<WriteConcern>,
    /// `comment`, `let` and `bypassDocumentValidation`.
    pub fields: Document,
}

/// One command and its state.
struct SentCommand<'a> {
    bulk: &'a BulkWrite,
    batch: &'a WriteBatch,
    number: Option<i64>,
    in_transaction: bool,
    /// Whether the server may have applied it without a reply.
    uncertain: Cell<bool>,
}

impl BulkWrite {
    /// Sends all operations, in the given session or in a separate one. If it fails, the outcome
    /// contains the failure and what was done until then.
    pub fn run(&self, interrupt: &Interrupt, bound: Option<&SharedSession>) -> BulkOutcome {
        let mut outcome = BulkOutcome::new(self.operations.len(), self.part);
        let done = match (self.permit(), bound) {
            (Err(error), _) => Err(error.into()),
            (Ok(_), Some(session)) => self.run_bound(interrupt, session, &mut outcome),
            (Ok(_), None) => self.client.in_retry_session(interrupt, |session| {
                self.run_numbered(interrupt, session, &mut outcome)
            }),
        };
        outcome.failure = done.err();
        outcome.sort();
        outcome
    }

    fn permit(&self) -> Result<Permit> {
        // Decode the operations only for scripts of others.
        let evaluated = match self.client.bridge().is_confined() {
            true => self.operations.evaluated()?,
            false => Vec::new(),
        };
        let parts: Vec<&Document> = evaluated.iter().collect();
        Permit::change(&self.client, &self.database, Some(&self.collection), &parts)
    }

    /// Sends it in the session's transaction if there is one. Otherwise uses a session with its own
    /// transaction numbers, and then advances the caller's session, so that its reads come after
    /// these writes.
    fn run_bound(
        &self,
        interrupt: &Interrupt,
        bound: &SharedSession,
        outcome: &mut BulkOutcome,
    ) -> std::result::Result<(), CallError> {
        if !bound.in_transaction()? {
            bound.ensure_open()?;
            return self.client.in_retry_session(interrupt, |session| {
                let done = self.run_numbered(interrupt, session, outcome);
                bound.follow(&session.driver)?;
                done
            });
        }
        self.each_batch(interrupt, outcome, true, |sent, timeout| {
            bound.call_within(interrupt, timeout, async |session| sent.run(session).await)
        })
    }

    fn run_numbered(
        &self,
        interrupt: &Interrupt,
        session: &mut RetrySession,
        outcome: &mut BulkOutcome,
    ) -> std::result::Result<(), CallError> {
        let retries = self.client.settings().driver.retry_writes.unwrap_or(true)
            && self.client.limits(interrupt)?.retryable_writes;
        self.each_batch(interrupt, outcome, false, |sent, timeout| {
            if retries && sent.batch.is_retryable {
                sent.number = Some(session.next_number());
            }
            let sent = &*sent;
            let driver = &mut session.driver;
            self.client
                .call_in(interrupt, driver, timeout, async |session| {
                    sent.run(session).await
                })
        })
    }

    /// Sends one command after the other, until the time is over or an error ends it.
    fn each_batch(
        &self,
        interrupt: &Interrupt,
        outcome: &mut BulkOutcome,
        in_transaction: bool,
        mut send: impl FnMut(
            &mut SentCommand,
            Option<Duration>,
        ) -> std::result::Result<Document, CallError>,
    ) -> std::result::Result<(), CallError> {
        let started = Instant::now();
        let limits: ServerLimits = self.client.limits(interrupt)?;
        let header = bson::serialize_to_vec(&self.fields).map_or(0, |fields| fields.len()) + HEADER;
        for batch in split(&self.operations, self.ordered, header, &limits) {
            let timeout = self.time_left(started)?;
            let mut sent = SentCommand {
                bulk: self,
                batch: &batch,
                number: None,
                in_transaction,
                uncertain: Cell::new(true),
            };
            match send(&mut sent, timeout) {
                Ok(answer) => reply::add(outcome, &batch, self.ordered, answer),
                Err(failure) => {
                    if sent.uncertain.get() && !never_sent(&failure) {
                        batch
                            .indexes
                            .iter()
                            .for_each(|index| outcome.states[*index] = WriteState::Unknown);
                    }
                    return Err(labelled(failure, sent.number.is_some()));
                }
            }
            if self.ordered && !outcome.write_errors.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Returns the rest of the client's timeout.
    fn time_left(&self, started: Instant) -> Result<Option<Duration>> {
        let Some(timeout) = self.client.settings().timeout else {
            return Ok(None);
        };
        match timeout.checked_sub(started.elapsed()) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            _ => Err(deadline_error(Some(timeout), false)),
        }
    }

    fn header(
        &self,
        batch: &WriteBatch,
        in_transaction: bool,
        number: Option<i64>,
    ) -> Result<Document> {
        let mut header = doc! { batch.name(): &self.collection, "ordered": self.ordered };
        let write_concern = self.write_concern.as_ref();
        let write_concern = write_concern.or(self.client.settings().driver.write_concern.as_ref());
        // In a transaction, only the commit has a write concern.
        if let Some(concern) = write_concern.filter(|_| !in_transaction) {
            let concern = bson::serialize_to_document(concern).map_err(|error| {
                Error::invalid_argument(format!("the write concern is not BSON: {error}"))
            })?;
            if !concern.is_empty() {
                header.insert("writeConcern", concern);
            }
        }
        for (name, value) in &self.fields {
            let takes = match name.as_str() {
                "let" => batch.name() != "insert",
                "bypassDocumentValidation" => batch.name() != "delete",
                _ => true,
            };
            if takes {
                header.insert(name.clone(), value.clone());
            }
        }
        if let Some(number) = number {
            header.insert("txnNumber", number);
        }
        Ok(header)
    }
}

/// The maximum size of a command without its options and operations, including the driver's fields.
const HEADER: usize = 2048;

impl SentCommand<'_> {
    /// Sends the command; sends it again after an error if it has a transaction number.
    async fn run(&self, session: &mut ClientSession) -> mongodb::error::Result<Document> {
        let first = self.send(session).await;
        if self.number.is_none() {
            return first;
        }
        match first {
            Err(error) if may_repeat(&error) => {
                let uncertain = self.uncertain.get();
                let second = self.send(session).await;
                match second {
                    // The first error is more useful than a failed server selection for the retry.
                    Err(again) if says_less(&again) => {
                        self.uncertain.set(uncertain);
                        Err(error)
                    }
                    Err(again) => {
                        self.uncertain.set(uncertain || self.uncertain.get());
                        Err(again)
                    }
                    done => done,
                }
            }
            Ok(answer) if reply::asks_for_repetition(&answer) => {
                // The command was applied: without a reply to the retry, the first reply is valid.
                Ok(self.send(session).await.unwrap_or(answer))
            }
            done => done,
        }
    }

    async fn send(&self, session: &mut ClientSession) -> mongodb::error::Result<Document> {
        let mut keys = KeyWait::default();
        loop {
            let answer = self.send_once(session).await;
            if !keys.asks_again(answer.as_ref().err()).await {
                return answer;
            }
        }
    }

    async fn send_once(&self, session: &mut ClientSession) -> mongodb::error::Result<Document> {
        let header = self
            .bulk
            .header(self.batch, self.in_transaction, self.number);
        let command = header.and_then(|header| self.batch.command(&header, &self.bulk.operations));
        let command = command.map_err(DriverError::custom)?;
        let command = RawDocumentBuf::from_bytes(command)?;
        let database = session.client().database(&self.bulk.database);
        self.uncertain.set(true);
        let answer = database.run_raw_command(command).session(session).await;
        self.uncertain.set(answer.as_ref().is_err_and(may_be_done));
        answer
    }
}

/// Returns whether the specification asks to retry a write after this error.
fn may_repeat(error: &DriverError) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. }
    ) || error.contains_label(RETRYABLE)
}

/// Returns whether the error of a retry is less useful than the first error.
fn says_less(error: &DriverError) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::ServerSelection { .. } | ErrorKind::ConnectionPoolCleared { .. }
    ) || error.contains_label("NoWritesPerformed")
}

/// Returns whether the server may have applied the command, or a part of it, that failed with this
/// error.
fn may_be_done(error: &DriverError) -> bool {
    match error.kind.as_ref() {
        ErrorKind::ServerSelection { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::Authentication { .. }
        | ErrorKind::InvalidArgument { .. }
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::Shutdown => false,
        // A server that stops or steps down may be in the middle of a command.
        ErrorKind::Command(command) => {
            !error.contains_label("NoWritesPerformed")
                && !matches!(
                    kind_of_code(command.code),
                    Kind::CommandFailed
                        | Kind::ReplicaSetRequired
                        | Kind::Unauthorized
                        | Kind::Authentication
                )
        }
        _ => true,
    }
}

fn never_sent(failure: &CallError) -> bool {
    matches!(failure, CallError::Error(error) if error.kind() == Kind::PoolWaitTimeout)
}

/// Adds the label that the specification of retryable writes asks for: the write was repeated, and
/// failed again for the network or a changed primary.
fn labelled(failure: CallError, was_repeatable: bool) -> CallError {
    match failure {
        CallError::Error(error)
            if was_repeatable
                && matches!(
                    error.kind(),
                    Kind::Network | Kind::PoolCleared | Kind::NotPrimary
                ) =>
        {
            let mut facts = error.facts().clone();
            if !facts.labels.iter().any(|label| label == RETRYABLE) {
                facts.labels.push(RETRYABLE.to_owned());
                facts.labels.sort();
            }
            CallError::Error(error.with_facts(facts))
        }
        other => other,
    }
}
