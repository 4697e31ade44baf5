use std::fmt;

use bson::{Bson, Document};

use super::kind::Kind;
use super::place::Place;
use super::server_codes;

/// One thing that went wrong: its kind, its words, what the server said, and the way out.
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
    // Boxed, so that a `Result` stays small on the paths where nothing goes wrong.
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

/// What the server or the driver told about an error, as far as it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The server's error code, for example 11000.
    pub code: Option<i32>,
    /// The server's name for that code.
    pub code_name: Option<String>,
    /// Error labels such as `RetryableWriteError`, sorted.
    pub labels: Vec<String>,
    /// Of a duplicate key: the index's keys.
    pub key_pattern: Option<Document>,
    /// Of a duplicate key: the values that are there already.
    pub key_value: Option<Document>,
    /// The position of the failed document or operation in its batch, from 0.
    pub index: Option<usize>,
    /// Every failed write of a batch.
    pub write_errors: Vec<Document>,
    /// The `_id`s that a failed `insert_many` did insert.
    pub inserted_ids: Vec<Bson>,
    /// What a failed `bulk_write` did until then.
    pub result: Option<Document>,
    /// The server's reply, or the first cause.
    pub details: Option<Bson>,
}

impl Error {
    /// An error with a kind and its words; everything else is added by the methods below.
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

    /// An argument that cannot be used; nothing was sent.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// Says more about where or how it happened. `words` makes the new message from the old one; hint, facts and place stay.
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

    /// Changes the kind, where a caller knows better what the error means.
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.inner.kind = kind;
        self
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.inner.hint = Some(hint.into());
        self
    }

    /// Adds where it happened, unless that is already known: the innermost place wins.
    pub fn at(mut self, place: Place) -> Self {
        self.inner.place.get_or_insert(place);
        self
    }

    /// Adds what the server or the driver told.
    pub fn with_facts(mut self, facts: Facts) -> Self {
        self.inner.facts = facts;
        self
    }

    /// Changes what is known, where a caller knows more than whoever made the error.
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

    /// Whether time ran out: of the operation, of a wait, or of a write concern.
    pub fn is_timeout(&self) -> bool {
        // A bulk write, for example, has the code of its first error and a kind of its own.
        self.kind().is_timeout() || self.facts().code.is_some_and(server_codes::is_timeout)
    }

    pub fn is_network(&self) -> bool {
        self.kind().is_network()
    }

    /// Whether trying again may succeed and can do no harm.
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
