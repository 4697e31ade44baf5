//! The script type `Cursor`: the results of a query, one by one.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bson::Document as BsonDocument;
use rhai::{Array, Dynamic, EvalAltResult, Module, Position};

use super::key_spec::keys_of;
use super::recorded_loop::RecordedLoop;
use super::sequence::Sequence;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::error::Error;
use crate::mongo::projection_of;
use crate::mongo::{self, CallError, DRIVER_FIELDS, Permit, Query, SharedSession};
use crate::record::CallScope;
use crate::values::codec::convert;
use crate::values::document::Document;

/// A cursor in a script. Copies share their position.
#[derive(Clone)]
pub struct Cursor {
    inner: Arc<Mutex<mongo::Cursor>>,
    session: Session,
    /// The loop over this handle.
    recorded: RecordedLoop,
}

impl Cursor {
    /// Returns a cursor that has not sent its query yet.
    pub fn new(query: Query, bound: Option<SharedSession>, session: Session) -> Self {
        Self {
            inner: Arc::new(Mutex::new(mongo::Cursor::new(query, bound))),
            session,
            recorded: RecordedLoop::default(),
        }
    }

    /// Returns a cursor for a script. The options are checked now. A pipeline that writes runs now,
    /// because scripts do not read its results.
    pub fn start(query: Query, call: &Call) -> FunctionResult {
        query.check()?;
        let writes = query.writes();
        let bound = call.bound_session(&query.client)?;
        let cursor = Self::new(query, bound, call.session.clone());
        if writes {
            cursor.lock().next(call.session.interrupt())?;
        }
        Ok(Dynamic::from(cursor.made_by(call)))
    }

    /// Returns the handle as the result of `call`.
    fn made_by(self, call: &Call) -> Self {
        Self {
            recorded: RecordedLoop::over_result_of(call),
            ..self
        }
    }

    /// Returns the next document, or `None` at the end.
    pub fn next_document(&self) -> std::result::Result<Option<Document>, CallError> {
        let bytes = self.lock().next(self.session.interrupt())?;
        Ok(bytes.map(Document::from_bytes).transpose()?)
    }

    /// Returns all remaining documents.
    pub fn drain(&self) -> std::result::Result<Array, CallError> {
        self.lock().want_all();
        let mut documents = Array::new();
        while let Some(document) = self.next_document()? {
            documents.push(Dynamic::from(document));
        }
        Ok(documents)
    }

    fn lock(&self) -> MutexGuard<'_, mongo::Cursor> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the documents as a sequence.
    fn sequence(&self) -> Sequence {
        let cursor = self.clone();
        cursor.lock().want_all();
        let namespace = self.lock().query().namespace();
        Sequence::new(&format!("cursor on {namespace}"), move || {
            let document = cursor.next_document().map_err(thrown)?;
            Ok(document.map(Dynamic::from))
        })
    }

    /// Changes the query and returns the same cursor, so that calls can be chained.
    fn change(&self, call: &Call, change: impl FnOnce(&mut BsonDocument)) -> FunctionResult {
        {
            let mut cursor = self.lock();
            let Some(query) = cursor.query_mut() else {
                return Err(Error::invalid_argument(format!(
                    "`{}` comes too late: the cursor has already sent its query",
                    call.name()
                ))
                .hint("call it directly after `find(…)`, before the first document is read")
                .into());
            };
            change(&mut query.options);
            query.check()?;
        }
        Ok(Dynamic::from(self.clone().made_by(call)))
    }

    /// Sets the option of the query that has the name of the method.
    fn set(&self, call: &mut Call) -> FunctionResult {
        let value = convert::to_bson_value(call.arg().unwrap_or_default())?;
        self.change(call, |options| {
            options.insert(call.name(), value);
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<cursor on {}>", self.lock().query().namespace())
    }
}

methods! { Cursor, "Cursor";
    /// Sorts by one field (`"quantity"`, or `"quantity", -1`) or by several
    /// (`#{ city: 1, quantity: -1 }`).
    ///
    /// The direction `-1` means descending order.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 2 }, #{ n: 3 }, #{ n: 1 }]);
    /// assert_eq(db.n.find().sort("n", -1).to_array().map(|d| d.n), [3, 2, 1]);
    /// ```
    method sort(this, call, spec: Keys, direction?: Any) -> "Cursor" keeps_documents {
        let spec = call.arg().unwrap_or_default();
        let direction = call.arg();
        let keys = keys_of(call, "spec", spec, direction)?;
        this.change(call, |options| {
            options.insert("sort", keys);
        })
    }

    /// Limits the number of documents; 0 means no limit.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().limit(1).to_array().len(), 1);
    /// ```
    method limit(this, call, count: Integer) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Skips this many documents at the beginning.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().skip(1).to_array().len(), 1);
    /// ```
    method skip(this, call, count: Count) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Returns only the given fields: `#{ city: 1, _id: 0 }`, or an array of names such as
    /// `["city"]`.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ _id: 1, a: 1, b: 2 });
    /// assert_eq(db.n.find().project(#{ a: 1, _id: 0 }).next(), #{ a: 1 });
    /// ```
    method project(this, call, fields: Fields) -> "Cursor" keeps_documents {
        let fields = call.arg().unwrap_or_default();
        let projection = projection_of(convert::to_bson_value(fields)?);
        this.change(call, |options| {
            options.insert("projection", projection);
        })
    }

    /// Sets how many documents the server sends in one batch.
    ///
    /// Without it, a `for` loop and `to_array` ask for 2,000 documents at a time and fetch the next
    /// batch while the script works. With it, or with `next`, a batch is fetched only when it is
    /// needed.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }, #{ n: 3 }]);
    /// assert_eq(db.n.find().batch_size(1).to_array().len(), 3);
    /// ```
    method batch_size(this, call, count: Count) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Makes the server use this index, given by its name or its keys.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ n: 1 });
    /// assert_eq(db.n.find().hint("_id_").to_array().len(), 1);
    /// ```
    method hint(this, call, index: StringOrDocument) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Compares strings by the rules of a language.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ name: "Anna" });
    /// assert_eq(db.n.find(#{ name: "anna" }).collation(#{ locale: "en", strength: 2 }).to_array().len(), 1);
    /// ```
    method collation(this, call, collation: Collation) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Adds a comment to the query, which appears in the log and the profiler of the server.
    ///
    /// ```rhai
    /// assert_eq(db.nothing.find().comment("morning report").to_array(), []);
    /// ```
    method comment(this, call, comment: Any) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Sets a time limit for the query on the server, in milliseconds.
    ///
    /// ```rhai
    /// assert_eq(db.nothing.find().max_time_ms(500).to_array(), []);
    /// ```
    method max_time_ms(this, call, ms: Milliseconds) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Sets which members of a replica set answer the query: `"primary"`, `"secondary"`,
    /// `"secondaryPreferred"`, … or a Document with `mode`, `tags` and `max_staleness_seconds`.
    ///
    /// ```rhai
    /// assert_eq(db.nothing.find().read_preference("secondaryPreferred").to_array(), []);
    /// ```
    method read_preference(this, call, preference: StringOrDocument) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Returns `false` if the cursor can have no more documents.
    ///
    /// A cursor with `cursor_type: "tailable"` or `"tailable_await"` on a capped collection stays
    /// open at its end: `next` returns `()`, a loop ends, and both go on when there are new
    /// documents. `"tailable_await"` first waits for `max_await_time_ms`.
    ///
    /// ```rhai
    /// let log = db.create_collection("log", #{ capped: true, size: 4096 });
    /// log.insert_one(#{ _id: 1 });
    /// let tail = log.find(#{}, #{ cursor_type: "tailable" });
    /// assert_eq(tail.next(), #{ _id: 1 });
    /// assert_eq(tail.next(), ());
    /// log.insert_one(#{ _id: 2 });
    /// assert_eq(tail.next(), #{ _id: 2 });
    /// assert(tail.is_open);
    /// ```
    property is_open(this, _call) -> "bool" {
        Ok(this.lock().is_open().into())
    }

    /// Returns a short description of the cursor.
    ///
    /// Its documents come from `next`, `to_array` or a `for` loop.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.find().to_string(), "<cursor on shop.orders>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns the next document, or `()` at the end.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ _id: 1 });
    /// let cursor = db.n.find();
    /// assert_eq(cursor.next(), #{ _id: 1 });
    /// assert_eq(cursor.next(), ());
    /// ```
    method next(this, _call) -> "Document" keeps_documents {
        Ok(this.next_document()?.map_or(Dynamic::UNIT, Dynamic::from))
    }

    /// Returns all remaining documents as an array.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().to_array().len(), 2);
    /// ```
    method to_array(this, _call) -> "Array" keeps_documents {
        Ok(this.drain()?.into())
    }

    /// Calls the function with each remaining document.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// let sum = 0;
    /// db.n.find().for_each(|d| { sum += d.n; });
    /// assert_eq(sum, 3);
    /// ```
    method for_each(this, call, function: Function) {
        let function = call.function()?;
        this.sequence().for_each(call, &function)?;
        Ok(Dynamic::UNIT)
    }

    /// Returns a Sequence of what the function returns for each document. The function is called
    /// when a value is needed.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// for n in db.n.find().map(|d| d.n * 10) { assert(n >= 10); }
    /// assert_eq(db.n.find().map(|d| d.n).to_array(), [1, 2]);
    /// ```
    method map(this, call, function: Function) -> "Sequence" {
        let function = call.function()?;
        Ok(Dynamic::from(this.sequence().map(call, function)?))
    }

    /// Returns a Sequence of the documents for which the function returns `true`.
    ///
    /// A filter of `find` is faster: the server then sends only these documents.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().filter(|d| d.n > 1).to_array().len(), 1);
    /// ```
    method filter(this, call, function: Function) -> "Sequence" {
        let function = call.function()?;
        Ok(Dynamic::from(this.sequence().filter(call, function)?))
    }

    /// Returns how the server would run the query: the plan it chose.
    ///
    /// With `"executionStats"` it also returns how much work the query was.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ n: 1 });
    /// assert("queryPlanner" in db.n.find(#{ n: 1 }).explain());
    /// ```
    method explain(this, call, verbosity?: String) -> "Document" {
        let verbosity = match call.arg() {
            None => "queryPlanner".to_owned(),
            Some(value) => value.to_string(),
        };
        let query = this.lock().query().clone();
        let command = query.explain_command(&verbosity)?;
        let database = query.database.clone();
        Permit::command(&query.client, &database, &command)?;
        let mut reply = query.client.call(call.session.interrupt(), move |session| Box::pin(async move {
            let database = session.client().database(&database);
            database.run_command(command).session(session).await
        }))?;
        for field in DRIVER_FIELDS {
            reply.remove(field);
        }
        Ok(Dynamic::from(convert::of_bson(&reply)?))
    }

    /// Closes the cursor on the server.
    ///
    /// It then returns no more documents.
    ///
    /// ```rhai
    /// let cursor = db.n.find();
    /// cursor.close();
    /// assert_eq(cursor.next(), ());
    /// ```
    method close(this, _call) {
        this.lock().close();
        Ok(Dynamic::UNIT)
    }
}

/// Registers `for document in cursor`.
pub fn register_iterator(module: &mut Module) {
    module.set_iterable_result::<Cursor, Document>();
}

impl IntoIterator for Cursor {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;
    type IntoIter = Documents;

    fn into_iter(self) -> Documents {
        self.lock().want_all();
        let scope = self.recorded.begin();
        Documents {
            cursor: self,
            scope,
        }
    }
}

/// The documents of a cursor, for a `for` loop.
pub struct Documents {
    cursor: Cursor,
    /// The loop in the recording of the run.
    scope: Option<CallScope>,
}

impl Iterator for Documents {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        let failure = match self.cursor.next_document() {
            Ok(next) => return next.map(Ok),
            Err(failure) => failure,
        };
        if let Some(scope) = self.scope.take() {
            scope.fail(failure.kind());
        }
        Some(Err(thrown(failure)))
    }
}

/// Returns the error as a loop throws it.
fn thrown(failure: CallError) -> Box<EvalAltResult> {
    match failure {
        CallError::Error(error) => error.into(),
        CallError::Stopped(stop) => EvalAltResult::ErrorTerminated(
            Dynamic::from(Termination::Stopped(stop)),
            Position::NONE,
        )
        .into(),
    }
}
