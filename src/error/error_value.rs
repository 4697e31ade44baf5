use std::fmt;

use bson::{Bson, Document};

use super::kind::Kind;
use super::place::Place;
use super::server_codes;

/// An error: its kind, its message, a hint, and the facts that the server reported.
///
/// Messages are lower case, without a full stop, with names in backticks.
///
/// ```
/// use seaworthy::error::{Error, Kind};
///
/// let error = Error::new(Kind::InvalidId, "`abc` is not an ObjectId").hint("write 24 hexadecimal digits");
/// assert_eq!(error.kind(), Kind::InvalidId);
/// assert_eq!(error.to_string(), "`abc` is not an ObjectId");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    // Boxed, so that a `Result` stays small.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: Kind,
    message: String,
    hint: Option<String>,
    place: Option<Place>,
    facts: Facts,
}

/// The details that the server or the driver reported about an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The server's error code, for example 11000.
    pub code: Option<i32>,
    /// The server's name for that code.
    pub code_name: Option<String>,
    /// Error labels such as `RetryableWriteError`, sorted.
    pub labels: Vec<String>,
    /// For a duplicate key: the keys of the index.
    pub key_pattern: Option<Document>,
    /// For a duplicate key: the values that already exist.
    pub key_value: Option<Document>,
    /// The position of the failed document or operation in its batch. The first one is 0.
    pub index: Option<usize>,
    /// Every failed write of a batch.
    pub write_errors: Vec<Document>,
    /// The `_id`s of the documents that a failed `insert_many` inserted.
    pub inserted_ids: Vec<Bson>,
    /// The result of a failed `bulk_write` up to the error.
    pub result: Option<Document>,
    /// The server's reply, or the original cause.
    pub details: Option<Bson>,
}

impl Error {
    /// Creates an error with a kind and a message. The methods below add everything else.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                hint: None,
                place: None,
                facts: Facts::default(),
            }),
        }
    }

    /// Creates an `InvalidArgument` error. Nothing was sent to the server.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// Replaces the message with `words(message)`, to add where or how it happened. Hint, facts and
    /// place do not change.
    ///
    /// ```
    /// use seaworthy::error::Error;
    ///
    /// let error = Error::invalid_argument("`n` is missing").hint("write `n: 1`");
    /// let error = error.context(|message| format!("document 3: {message}"));
    /// assert_eq!((error.message(), error.hint_text()), ("document 3: `n` is missing", Some("write `n: 1`")));
    /// ```
    pub fn context(mut self, words: impl FnOnce(&str) -> String) -> Self {
        self.inner.message = words(&self.inner.message);
        self
    }

    /// Changes the kind, if the caller knows better what the error means.
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.inner.kind = kind;
        self
    }

    /// Adds a hint: what to do about the error.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }

    /// Adds the place, unless the error already has one: the innermost place is kept.
    pub fn at(mut self, place: Place) -> Self {
        self.inner.place.get_or_insert(place);
        self
    }

    /// Adds the details that the server or the driver reported.
    pub fn with_facts(mut self, facts: Facts) -> Self {
        self.inner.facts = facts;
        self
    }

    /// Returns the facts, so that a caller can add to them.
    pub fn facts_mut(&mut self) -> &mut Facts {
        &mut self.inner.facts
    }

    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    pub fn message(&self) -> &str {
        &self.inner.message
    }

    pub fn hint_text(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    pub fn place(&self) -> Option<&Place> {
        self.inner.place.as_ref()
    }

    pub fn facts(&self) -> &Facts {
        &self.inner.facts
    }

    /// Returns whether this is a timeout: of the operation, of a wait, or of a write concern.
    pub fn is_timeout(&self) -> bool {
        // A bulk write, for example, has the code of its first error and its own kind.
        self.kind().is_timeout() || self.facts().code.is_some_and(server_codes::is_timeout)
    }

    pub fn is_network(&self) -> bool {
        self.kind().is_network()
    }

    /// Returns whether a retry may succeed and is safe.
    pub fn is_retryable(&self) -> bool {
        let labelled =
            self.facts().labels.iter().any(|label| {
                label == "RetryableWriteError" || label == "TransientTransactionError"
            });
        labelled
            || self.facts().code == Some(server_codes::KEY_NOT_FOUND)
            || matches!(
                self.kind(),
                Kind::PoolWaitTimeout
                    | Kind::ServerSelectionTimeout
                    | Kind::PoolCleared
                    | Kind::NotPrimary
            )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}
