//! The script type `ChangeStream`: changes as they happen, one by one.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic, EvalAltResult, Module};

use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::run::session::Session;
use crate::api::run::termination::stopped;
use crate::error::Error;
use crate::mongo::{self, CallError, Concerns, Watch, WatchScope};
use crate::values::codec::convert;
use crate::values::document::Document;

/// How long `try_next` waits for an event that is already under way.
const TRY_NEXT_WAIT: Duration = Duration::from_millis(100);

/// A change stream in a script. Copies share their position.
#[derive(Clone)]
pub struct ChangeStream {
    inner: Arc<mongo::ChangeStream>,
    /// The session whose interrupt ends a wait.
    session: Session,
}

impl ChangeStream {
    /// Opens a change stream with the `pipeline?, options?` of a call.
    pub fn start(
        call: &mut Call,
        client: mongo::Client,
        scope: WatchScope,
        concerns: Concerns,
    ) -> FunctionResult {
        let pipeline = call.pipeline()?;
        let options = call.options_document()?;
        let watch = Watch {
            session: call.bound_session(&client)?,
            client,
            scope,
            pipeline,
            options,
            concerns,
        };
        let stream = mongo::ChangeStream::open(watch, call.session.interrupt())?;
        Ok(Dynamic::from(Self {
            inner: Arc::new(stream),
            session: call.session.clone(),
        }))
    }

    /// Returns the same stream for a task: the end of the task ends its waits.
    pub fn for_session(&self, session: &Session) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            session: session.clone(),
        }
    }

    fn next_event(
        &self,
        limit: Option<Duration>,
    ) -> std::result::Result<Option<Document>, CallError> {
        let bytes = self.inner.next(self.session.interrupt(), limit)?;
        Ok(bytes.map(Document::from_bytes).transpose()?)
    }

    fn next_or_unit(&self, limit: Option<Duration>) -> FunctionResult {
        Ok(self.next_event(limit)?.map_or(Dynamic::UNIT, Dynamic::from))
    }

    /// Returns at most `count` events that arrive within `limit`.
    fn take(&self, count: usize, limit: Option<Duration>) -> FunctionResult {
        let started = Instant::now();
        let mut events = Array::new();
        while events.len() < count {
            let left = limit.map(|limit| limit.saturating_sub(started.elapsed()));
            match self.next_event(left) {
                Ok(Some(event)) => events.push(Dynamic::from(event)),
                Ok(None) => break,
                // The events come first; the error follows with the next call.
                Err(CallError::Error(error)) if !events.is_empty() => {
                    self.inner.fail_later(error);
                    break;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(events.into())
    }
}

impl fmt::Display for ChangeStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.inner.is_open() {
            "open"
        } else {
            "closed"
        };
        write!(f, "<change stream, {state}>")
    }
}

methods! { ChangeStream, "ChangeStream";
    /// Returns the next change and waits for it.
    ///
    /// Returns `()` if no change arrives within the given seconds, or if the stream has ended.
    /// Without an argument it waits without a limit.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert_eq(stream.next(0.01), ());
    /// db.fruit.insert_one(#{ _id: 1 });
    /// assert_eq(stream.next().operationType, "insert");
    /// ```
    method next(this, call, seconds?: Seconds) -> "Document" {
        let stream = this.for_session(&call.session);
        let limit = call.seconds()?;
        stream.next_or_unit(limit)
    }

    /// Returns the next change if there is one, or else `()`.
    ///
    /// It waits up to 0.1 seconds for a change that is already under way.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert_eq(stream.try_next(), ());
    /// ```
    method try_next(this, call) -> "Document" {
        this.for_session(&call.session).next_or_unit(Some(TRY_NEXT_WAIT))
    }

    /// Returns the next `count` changes as an array.
    ///
    /// With `seconds` it returns the changes that arrive within this time, which may be fewer.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// db.fruit.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(stream.take(2, 5).map(|change| change.documentKey._id), [1, 2]);
    /// ```
    method take(this, call, count: Integer, seconds?: Seconds) -> "Array" {
        let count = call.integer()?;
        let count = usize::try_from(count).map_err(|_| {
            Error::invalid_argument(format!("`take` cannot return {count} changes"))
                .hint("use a number of changes, 0 or more")
        })?;
        let limit = call.seconds()?;
        this.for_session(&call.session).take(count, limit)
    }

    /// Returns the resume token: the position after the last change that was read.
    ///
    /// A stream opened with `watch(#{ resume_after: token })` continues there and neither loses nor
    /// repeats a change. After an `invalidate` event use `start_after`.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// let token = stream.resume_token;
    /// stream.close();
    /// db.fruit.insert_one(#{ _id: "while away" });
    /// let later = db.fruit.watch(#{ resume_after: token });
    /// assert_eq(later.next().documentKey._id, "while away");
    /// ```
    property resume_token(this, _call) -> "Document" {
        match this.inner.resume_token() {
            Some(token) => Ok(Dynamic::from(convert::of_bson(&token)?)),
            None => Ok(Dynamic::UNIT),
        }
    }

    /// Returns `true` if the stream can still return changes.
    ///
    /// An `invalidate` event ends it: the collection was dropped or renamed.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert(stream.is_open);
    /// ```
    property is_open(this, _call) -> "bool" {
        Ok(this.inner.is_open().into())
    }

    /// Returns a short description of the stream.
    ///
    /// ```rhai
    /// assert_eq(db.watch().to_string(), "<change stream, open>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Closes the stream.
    ///
    /// A task that waits for its next change gets `()`.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// stream.close();
    /// assert(!stream.is_open);
    /// ```
    method close(this, _call) {
        this.inner.close();
        Ok(Dynamic::UNIT)
    }
}

/// Registers `for change in stream`.
pub fn register_iterator(module: &mut Module) {
    module.set_iterable_result::<ChangeStream, Document>();
}

impl IntoIterator for ChangeStream {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;
    type IntoIter = Changes;

    fn into_iter(self) -> Changes {
        Changes(self)
    }
}

/// The changes of a stream, for a `for` loop.
pub struct Changes(ChangeStream);

impl Iterator for Changes {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_event(None).transpose().map(|next| {
            next.map_err(|failure| match failure {
                CallError::Error(error) => error.into(),
                CallError::Stopped(stop) => stopped(stop),
            })
        })
    }
}
