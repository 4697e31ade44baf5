//! Methods of `Database` for administrators: sizes, the version, views, the profiler.

use bson::{Bson, Document as BsonDocument, doc};
use rhai::Dynamic;

use super::cursor::Cursor;
use super::database::Database;
use crate::api::call::methods;
use crate::error::Error;
use crate::mongo::{Concerns, Query, QueryKind};

/// Where the profiler stores slow operations.
const PROFILE: &str = "system.profile";

methods! { Database, "Database";
    /// Returns the sizes of the database as the server counts them: `collections`, `objects`,
    /// `dataSize`, `storageSize`, `indexes`, … in bytes.
    ///
    /// ```rhai
    /// db.trucks.insert_one(#{ _id: 1 });
    /// assert_eq(db.stats().collections, 1);
    /// ```
    method stats(this, call) -> "Document" {
        let client = this.client().open()?;
        let stats = call.retry_read(&client, || this.run(call, doc! { "dbStats": 1 }))?;
        Ok(Dynamic::from(stats))
    }

    /// Returns the version of the server.
    ///
    /// ```rhai
    /// assert(db.version().split(".").len() >= 3);
    /// ```
    method version(this, call) -> "string" {
        let client = this.client().open()?;
        let info = call.retry_read(&client, || this.run(call, doc! { "buildInfo": 1 }))?;
        Ok(info.get("version")?.unwrap_or_default())
    }

    /// Creates a view: a read-only collection whose documents are made by a pipeline from another
    /// collection.
    ///
    /// ```rhai
    /// db.orders.insert_many([#{ n: 1 }, #{ n: 20 }]);
    /// let large = db.create_view("large", "orders", [#{ $match: #{ n: #{ $gte: 10 } } }]);
    /// assert_eq(large.count_documents(), 1);
    /// ```
    method create_view(this, call, name: String, on: String, pipeline: Pipeline, options?: CREATE_VIEW) -> "Collection" {
        let name = call.text()?;
        let on = call.text()?;
        let pipeline = call.pipeline()?;
        let mut command = doc! { "create": name.as_str(), "viewOn": on.as_str(), "pipeline": pipeline };
        command.extend(call.options()?.into_command_fields());
        this.run(call, command)?;
        Ok(Dynamic::from(this.collection(name)))
    }

    /// Changes the options of a collection or a view (`collMod`), and returns the server's reply.
    ///
    /// ```rhai
    /// db.orders.insert_one(#{ n: 1 });
    /// db.modify_collection("orders", #{ validator: #{ n: #{ $gt: 0 } } });
    /// assert_throws(errors::ValidationFailed, || db.orders.insert_one(#{ n: 0 }));
    /// ```
    method modify_collection(this, call, name: String, options: MODIFY_COLLECTION) -> "Document" {
        let name = call.text()?;
        let mut options = call.options()?;
        let mut command = doc! { "collMod": name.as_str() };
        if let Some(concern) = options.take("write_concern") {
            command.insert("writeConcern", concern);
        }
        command.extend(options.into_command_fields());
        Ok(Dynamic::from(this.run(call, command)?))
    }

    /// Sets which operations of this database the profiler stores, and returns the earlier setting.
    ///
    /// Level 0 stores none, 1 those that take longer than `slow_ms`, 2 all of them. `slow_ms` is a
    /// setting of the whole server. Without it, it stays as it is. Not for confined scripts.
    ///
    /// ```rhai
    /// db.set_profiling_level(2);
    /// db.trucks.find_one();
    /// db.set_profiling_level(0);
    /// assert(db.profile().to_array().some(|entry| entry.ns == db.name + ".trucks"));
    /// ```
    method set_profiling_level(this, call, level: Integer, slow_ms?: Milliseconds) -> "Document" {
        call.refuse_confined("it changes settings of the server")?;
        let level = call.integer()?;
        if !(0..=2).contains(&level) {
            return Err(Error::invalid_argument(format!("the profiling level cannot be {level}"))
                .hint("0 stores no operations, 1 slow ones, 2 all of them")
                .into());
        }
        let mut command = doc! { "profile": level };
        if let Some(slow_ms) = call.arg() {
            command.insert("slowms", slow_ms.as_int().unwrap_or_default());
        }
        Ok(Dynamic::from(this.run(call, command)?))
    }

    /// Returns the operations that the profiler has stored for this database, newest first.
    ///
    /// `set_profiling_level` turns the profiler on. Not for confined scripts.
    ///
    /// ```rhai
    /// assert_eq(db.profile().to_array(), []);
    /// ```
    method profile(this, call) -> "Cursor" {
        call.refuse_confined("it shows what other clients do")?;
        let query = Query {
            client: this.client().open()?,
            database: this.name().to_owned(),
            kind: QueryKind::Find { collection: PROFILE.to_owned(), filter: BsonDocument::new() },
            options: doc! { "sort": { "$natural": Bson::Int32(-1) } },
            concerns: Concerns::default(),
        };
        Cursor::start(query, call)
    }
}
