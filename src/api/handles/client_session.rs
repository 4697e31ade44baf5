//! The script type `Session`: causal consistency and transactions.

use std::fmt;
use std::time::{Duration, Instant};

use rhai::Dynamic;

use crate::api::call::arguments::Call;
use crate::api::call::function_error::{FunctionError, FunctionResult};
use crate::api::call::methods;
use crate::api::run::pause::wait;
use crate::error::{Error, server_codes};
use crate::mongo::{CallError, Client, SharedSession};
use crate::values::closure;
use crate::values::thrown::RhaiResult;

/// Starts a session. The run ends it when the script ends.
pub fn start(client: &Client, call: &mut Call) -> FunctionResult {
    let options = call.bson()?;
    let session = SharedSession::start(client, call.session.interrupt(), options)?;
    call.session.resources().add_client_session(session.clone());
    Ok(Dynamic::from(session))
}

/// How long `with_transaction` retries, as in the specification of the convenient transaction API.
const RETRY_FOR: Duration = Duration::from_secs(120);
/// The pause before the first retry of a transaction. Each pause is 1.5 times as long as the one
/// before.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl fmt::Display for SharedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.in_transaction() {
            Ok(true) => "<session, in a transaction>",
            Ok(false) | Err(_) => "<session>",
        })
    }
}

methods! { SharedSession, "Session";
    /// Runs the closure in a transaction, commits it, and returns the value of the closure.
    ///
    /// A closure with a parameter gets the session: `s.with_transaction(|s| …)`.
    ///
    /// If the closure throws an error, the transaction is aborted and the error is thrown. If the
    /// error is transient, the whole transaction is retried for up to two minutes, so the closure
    /// may run several times.
    ///
    /// ```rhai
    /// let accounts = db.accounts;
    /// accounts.insert_many([#{ _id: "a", n: 10 }, #{ _id: "b", n: 0 }]);
    /// let s = client.start_session();
    /// s.with_transaction(|| {
    ///     accounts.update_one(#{ _id: "a" }, #{ "$inc": #{ n: -5 } }, #{ session: s });
    ///     accounts.update_one(#{ _id: "b" }, #{ "$inc": #{ n: 5 } }, #{ session: s });
    /// });
    /// assert_eq(accounts.find_one("b").n, 5);
    /// client.start_session().with_transaction(|s| accounts.delete_one(#{ _id: "b" }, #{ session: s }));
    /// ```
    method with_transaction(this, call, function: Function, options?: TRANSACTION) {
        let function = call.function()?;
        let options = call.bson()?;
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            this.start_transaction(call.session.interrupt(), options.clone())?;
            match attempt(this, call, &function, started)? {
                Attempt::Done(value) => return Ok(value),
                Attempt::Failed(trouble) => return Err(trouble),
                Attempt::TryAgain(trouble) if started.elapsed() + pause >= RETRY_FOR => return Err(trouble),
                Attempt::TryAgain(_) => wait(&call.session, pause)?,
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Starts a transaction.
    ///
    /// A call belongs to it if its options contain `session`.
    ///
    /// ```rhai
    /// db.create_collection("orders");
    /// let s = client.start_session();
    /// s.start_transaction();
    /// db.orders.insert_one(#{ n: 1 }, #{ session: s });
    /// s.abort_transaction();
    /// assert_eq(db.orders.count_documents(), 0);
    /// ```
    method start_transaction(this, call, options?: TRANSACTION) {
        let options = call.bson()?;
        this.start_transaction(call.session.interrupt(), options)?;
        Ok(Dynamic::UNIT)
    }

    /// Commits the transaction.
    ///
    /// If the error has the label `UnknownTransactionCommitResult`, you may call it again.
    ///
    /// ```rhai
    /// db.create_collection("orders");
    /// let s = client.start_session();
    /// s.start_transaction();
    /// db.orders.insert_one(#{ n: 1 }, #{ session: s });
    /// s.commit_transaction();
    /// assert_eq(db.orders.count_documents(), 1);
    /// ```
    method commit_transaction(this, call) {
        this.commit(call.session.interrupt())?;
        Ok(Dynamic::UNIT)
    }

    /// Aborts the transaction and discards all its writes.
    ///
    /// ```rhai
    /// let s = client.start_session();
    /// s.start_transaction();
    /// s.abort_transaction();
    /// assert(!s.in_transaction);
    /// ```
    method abort_transaction(this, call) {
        this.abort(call.session.interrupt())?;
        Ok(Dynamic::UNIT)
    }

    /// Returns `true` if a transaction was started and is neither committed nor aborted.
    ///
    /// ```rhai
    /// assert(!client.start_session().in_transaction);
    /// ```
    property in_transaction(this, _call) -> "bool" {
        Ok(this.in_transaction()?.into())
    }

    /// Ends the session and aborts an open transaction.
    ///
    /// ```rhai
    /// client.start_session().end();
    /// ```
    method end(this, _call) {
        this.end();
        Ok(Dynamic::UNIT)
    }

    /// Returns a short description of the session.
    ///
    /// ```rhai
    /// assert_eq(client.start_session().to_string(), "<session>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }
}

/// How one attempt to run a transaction ended.
enum Attempt {
    Done(Dynamic),
    TryAgain(FunctionError),
    Failed(FunctionError),
}

fn attempt(
    session: &SharedSession,
    call: &Call,
    function: &rhai::FnPtr,
    started: Instant,
) -> std::result::Result<Attempt, FunctionError> {
    let interrupt = call.session.interrupt();
    // A closure with a parameter gets the session.
    let args = match closure::parameters(call.context, function) {
        Some(1) => vec![Dynamic::from(session.clone())],
        _ => Vec::new(),
    };
    let value: RhaiResult<Dynamic> = call.invoke(function, args);
    let value = match value {
        Ok(value) => value,
        Err(error) => {
            if session.in_transaction()? {
                // The error of the closure is reported, not an error of the abort.
                let _ = session.abort(interrupt);
            }
            let again = thrown_label(&error, TRANSIENT);
            return Ok(if again {
                Attempt::TryAgain(error.into())
            } else {
                Attempt::Failed(error.into())
            });
        }
    };
    // The closure may have ended the transaction itself.
    if !session.in_transaction()? {
        return Ok(Attempt::Done(value));
    }
    loop {
        match session.commit(interrupt) {
            Ok(()) => return Ok(Attempt::Done(value)),
            Err(CallError::Error(error)) if started.elapsed() < RETRY_FOR => {
                // The time limit of the commit has passed. A retry would only pass it again.
                if has_label(&error, UNKNOWN)
                    && error.facts().code != Some(server_codes::MAX_TIME_MS_EXPIRED)
                {
                    continue;
                }
                let again = has_label(&error, TRANSIENT);
                return Ok(if again {
                    Attempt::TryAgain(error.into())
                } else {
                    Attempt::Failed(error.into())
                });
            }
            Err(failure) => return Ok(Attempt::Failed(failure.into())),
        }
    }
}

const TRANSIENT: &str = "TransientTransactionError";
const UNKNOWN: &str = "UnknownTransactionCommitResult";

fn has_label(error: &Error, label: &str) -> bool {
    error.facts().labels.iter().any(|had| had == label)
}

fn thrown_label(error: &rhai::EvalAltResult, label: &str) -> bool {
    match error.unwrap_inner() {
        rhai::EvalAltResult::ErrorRuntime(value, _) => value
            .read_lock::<Error>()
            .is_some_and(|error| has_label(&error, label)),
        _ => false,
    }
}
