//! The script type `Session`: causal consistency and transactions.

use std::time::{Duration, Instant};

use rhai::Dynamic;

use crate::api::call::arguments::Call;
use crate::api::call::function_error::{FunctionError, FunctionResult};
use crate::api::call::methods;
use crate::api::run::pause::wait;
use crate::error::{Error, server_codes};
use crate::mongo::{CallError, Client, SharedSession};
use crate::values::thrown::RhaiResult;

/// Starts a session, and remembers it, so that the script's end ends it.
pub fn start(client: &Client, call: &mut Call) -> FunctionResult {
    let options = call.bson()?;
    let session = SharedSession::start(client, call.session.interrupt(), options)?;
    call.session.resources().add_client_session(session.clone());
    Ok(Dynamic::from(session))
}

/// How long `with_transaction` tries (convenient API for transactions specification).
const RETRY_FOR: Duration = Duration::from_secs(120);
/// The first pause before a whole transaction is tried again; each further one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

methods! { SharedSession, "Session";
    /// Runs the closure in a transaction and commits it; gives the closure's value. Where the server says that trying
    /// again may help, it does, for two minutes at the most: the closure may run several times. An error that it throws
    /// aborts the transaction and is thrown on.
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
                Attempt::TryAgain(_) => wait(call.session.interrupt(), pause)?,
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Starts a transaction; the calls that belong to it have `session` among their options.
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

    /// Commits the transaction. After an error whose `labels` hold `UnknownTransactionCommitResult` it may be called again.
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

    /// Aborts the transaction: nothing of it stays.
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

    /// Whether a transaction was started and neither committed nor aborted.
    ///
    /// ```rhai
    /// assert(!client.start_session().in_transaction);
    /// ```
    property in_transaction(this, _call) -> "bool" {
        Ok(this.in_transaction()?.into())
    }

    /// Ends the session; an open transaction is aborted.
    ///
    /// ```rhai
    /// client.start_session().end();
    /// ```
    method end(this, _call) {
        this.end();
        Ok(Dynamic::UNIT)
    }

    /// The session in one line.
    ///
    /// ```rhai
    /// assert_eq(client.start_session().to_string(), "<session>");
    /// ```
    method to_string(this, _call) -> "string" {
        let open = this.in_transaction()?;
        Ok(if open { "<session, in a transaction>" } else { "<session>" }.into())
    }
}

/// How one attempt at a transaction ended.
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
    let value: RhaiResult<Dynamic> = call.invoke(function, ());
    let value = match value {
        Ok(value) => value,
        Err(error) => {
            if session.in_transaction()? {
                // What made the closure fail is the error that counts.
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
                // The server gave up by the time it was given: asking again would only take longer.
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
