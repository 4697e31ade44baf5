//! The script type `Cursor`: the answers to a query, one by one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bson::{Bson, Document as BsonDocument, doc};
use rhai::{Array, Dynamic, EvalAltResult, Module, Position};

use super::key_spec::keys_of;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::run::session::Session;
use crate::api::run::termination::Termination;
use crate::error::Error;
use crate::mongo::{self, CallError, Permit, Query, SharedSession};
use crate::values::codec::convert;
use crate::values::document::Document;

/// A cursor as scripts hold it. Copies share their place in the answers.
#[derive(Clone)]
pub struct Cursor {
    inner: Arc<Mutex<mongo::Cursor>>,
    session: Session,
}

impl Cursor {
    /// A cursor that has sent nothing yet.
    pub fn new(query: Query, bound: Option<SharedSession>, session: Session) -> Self {
        Self {
            inner: Arc::new(Mutex::new(mongo::Cursor::new(query, bound))),
            session,
        }
    }

    /// A cursor for a script: the options are checked now, and a pipeline that writes runs now, since nobody will
    /// ever ask for its documents.
    pub fn start(query: Query, call: &Call) -> FunctionResult {
        query.check()?;
        let writes = query.writes();
        let bound = call.bound_session(&query.client)?;
        let cursor = Self::new(query, bound, call.session.clone());
        if writes {
            cursor.lock().next(call.session.interrupt())?;
        }
        Ok(Dynamic::from(cursor))
    }

    /// The next document, or `None` at the end.
    pub fn next_document(&self) -> std::result::Result<Option<Document>, CallError> {
        let bytes = self.lock().next(self.session.interrupt())?;
        Ok(bytes.map(Document::from_bytes).transpose()?)
    }

    /// All that are left.
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

    /// Changes the query and gives the same cursor, so that calls chain.
    fn change(&self, call: &Call, change: impl FnOnce(&mut BsonDocument)) -> FunctionResult {
        {
            let mut cursor = self.lock();
            let Some(query) = cursor.query_mut() else {
                return Err(Error::invalid_argument(format!(
                    "`{}` comes too late: the cursor has already asked the server",
                    call.name()
                ))
                .hint("chain it behind `find(…)`, before the first document is read")
                .into());
            };
            change(&mut query.options);
            query.check()?;
        }
        Ok(Dynamic::from(self.clone()))
    }

    /// Sets the option of the query that has the method's name.
    fn set(&self, call: &mut Call) -> FunctionResult {
        let value = convert::to_bson_value(call.arg().unwrap_or_default())?;
        self.change(call, |options| {
            options.insert(call.name(), value);
        })
    }
}

methods! { Cursor, "Cursor";
    /// Sorts by a field (`"quantity"`, or `"quantity", -1`) or by several (`#{ city: 1, quantity: -1 }`).
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

    /// Gives at most that many documents; 0 means all.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().limit(1).to_array().len(), 1);
    /// ```
    method limit(this, call, count: Integer) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Leaves out that many documents at the beginning.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().skip(1).to_array().len(), 1);
    /// ```
    method skip(this, call, count: Count) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Gives only some of the fields: `#{ city: 1, _id: 0 }`, or their names `["city"]`.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ _id: 1, a: 1, b: 2 });
    /// assert_eq(db.n.find().project(#{ a: 1, _id: 0 }).next(), #{ a: 1 });
    /// ```
    method project(this, call, fields: Fields) -> "Cursor" keeps_documents {
        let fields = call.arg().unwrap_or_default();
        let projection = projection(convert::to_bson_value(fields)?);
        this.change(call, |options| {
            options.insert("projection", projection);
        })
    }

    /// Asks for that many documents a round trip. Without it a `for` loop and `to_array` take 2,000 at a time, the next of them
    /// fetched while the script works; with it, or with `next`, nothing is fetched before it is needed.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }, #{ n: 3 }]);
    /// assert_eq(db.n.find().batch_size(1).to_array().len(), 3);
    /// ```
    method batch_size(this, call, count: Count) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Makes the server use an index, by its name or its keys.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ n: 1 });
    /// assert_eq(db.n.find().hint("_id_").to_array().len(), 1);
    /// ```
    method hint(this, call, index: StringOrDocument) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Compares texts by a language's rules.
    ///
    /// ```rhai
    /// db.n.insert_one(#{ name: "Anna" });
    /// assert_eq(db.n.find(#{ name: "anna" }).collation(#{ locale: "en", strength: 2 }).to_array().len(), 1);
    /// ```
    method collation(this, call, collation: Collation) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Writes a comment into the server's log and profiler, to find this query there.
    ///
    /// ```rhai
    /// assert_eq(db.nothing.find().comment("morning report").to_array(), []);
    /// ```
    method comment(this, call, comment: Any) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// Ends the query on the server when it has worked that many milliseconds.
    ///
    /// ```rhai
    /// assert_eq(db.nothing.find().max_time_ms(500).to_array(), []);
    /// ```
    method max_time_ms(this, call, ms: Milliseconds) -> "Cursor" keeps_documents {
        this.set(call)
    }

    /// The cursor in one line; its documents come with `next`, `to_array` or a `for` loop.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.find().to_string(), "<cursor on shop.orders>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(format!("<cursor on {}>", this.lock().query().namespace()).into())
    }

    /// The next document, or `()` at the end.
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

    /// All documents that are left, as an array.
    ///
    /// ```rhai
    /// db.n.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.n.find().to_array().len(), 2);
    /// ```
    method to_array(this, _call) -> "Array" keeps_documents {
        Ok(this.drain()?.into())
    }

    /// How the server would answer: which plan it chose, and with `"executionStats"` what that cost.
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
        let reply = query.client.call(call.session.interrupt(), move |session| Box::pin(async move {
            let database = session.client().database(&database);
            database.run_command(command).session(session).await
        }))?;
        Ok(Dynamic::from(convert::of_bson(&reply)?))
    }

    /// Gives the server's side free before the end; the cursor has nothing more to give.
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

/// `for document in cursor`.
pub fn register_iterator(module: &mut Module) {
    module.set_iterable_result::<Cursor, Document>();
}

impl IntoIterator for Cursor {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;
    type IntoIter = Documents;

    fn into_iter(self) -> Documents {
        self.lock().want_all();
        Documents(self)
    }
}

/// The documents of a cursor as a `for` loop takes them.
pub struct Documents(Cursor);

impl Iterator for Documents {
    type Item = std::result::Result<Document, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_document().transpose().map(|next| {
            next.map_err(|failure| match failure {
                CallError::Error(error) => error.into(),
                CallError::Stopped(stop) => EvalAltResult::ErrorTerminated(
                    Dynamic::from(Termination::Stopped(stop)),
                    Position::NONE,
                )
                .into(),
            })
        })
    }
}

/// A projection from field names, as PyMongo takes them too.
fn projection(fields: Bson) -> Bson {
    match fields {
        Bson::Array(names) => {
            let mut projection = doc! {};
            for name in names {
                if let Bson::String(name) = name {
                    projection.insert(name, 1);
                }
            }
            projection.into()
        }
        other => other,
    }
}
