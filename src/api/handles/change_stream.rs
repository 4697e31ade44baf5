//! The script type `ChangeStream`: changes as they happen, one by one.

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

/// How long `try_next` gives an event that is on its way.
const MOMENT: Duration = Duration::from_millis(100);

/// A change stream as scripts hold it. Copies share their place among the events.
#[derive(Clone)]
pub struct ChangeStream {
    inner: Arc<mongo::ChangeStream>,
    /// Whose switch ends the waiting.
    session: Session,
}

impl ChangeStream {
    /// Opens one with a call's `pipeline?, options?`.
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

    /// The same stream for a task: what it waits for ends with the task.
    pub fn seen_by(&self, session: &Session) -> Self {
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

    /// At most `count` events, those that come within `limit`.
    fn take(&self, count: usize, limit: Option<Duration>) -> FunctionResult {
        let started = Instant::now();
        let mut events = Array::new();
        while events.len() < count {
            let left = limit.map(|limit| limit.saturating_sub(started.elapsed()));
            match self.next_event(left) {
                Ok(Some(event)) => events.push(Dynamic::from(event)),
                Ok(None) => break,
                // What was taken is handed over first; the error comes with the next call.
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

methods! { ChangeStream, "ChangeStream";
    /// The next change. Waits for it, or for so many seconds; `()` when they have passed or the stream has ended.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert_eq(stream.next(0.01), ());
    /// db.fruit.insert_one(#{ _id: 1 });
    /// assert_eq(stream.next().operationType, "insert");
    /// ```
    method next(this, call, seconds?: Seconds) -> "Document" {
        let stream = this.seen_by(&call.session);
        let limit = call.seconds()?;
        stream.next_or_unit(limit)
    }

    /// The next change if there is one by now, or `()`. What is on its way gets a tenth of a second.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert_eq(stream.try_next(), ());
    /// ```
    method try_next(this, call) -> "Document" {
        this.seen_by(&call.session).next_or_unit(Some(MOMENT))
    }

    /// The next `count` changes as an array: those that come within so many seconds, or all of them.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// db.fruit.insert_many([#{ _id: 1 }, #{ _id: 2 }]);
    /// assert_eq(stream.take(2, 5).map(|change| change.documentKey._id), [1, 2]);
    /// ```
    method take(this, call, count: Integer, seconds?: Seconds) -> "Array" {
        let count = call.integer()?;
        let count = usize::try_from(count).map_err(|_| {
            Error::invalid_argument(format!("`take` cannot take {count} changes"))
                .hint("give it how many changes to take, from 0 on")
        })?;
        let limit = call.seconds()?;
        this.seen_by(&call.session).take(count, limit)
    }

    /// A Document from which a later `watch(#{ resume_after: token })` goes on behind the last change taken from this
    /// stream, with none lost and none repeated. (Behind an `invalidate` it is `start_after`.)
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

    /// Whether changes can still come from it. An `invalidate` closes it: its collection was dropped or renamed.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch();
    /// assert(stream.is_open);
    /// ```
    property is_open(this, _call) -> "bool" {
        Ok(this.inner.is_open().into())
    }

    /// Ends the stream. Whoever waits for its next change gets `()`.
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

/// `for change in stream`.
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

/// The changes of a stream as a `for` loop takes them.
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
