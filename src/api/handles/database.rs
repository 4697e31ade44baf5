//! The script type `Database`: collections and commands.

use std::fmt;

use bson::{Document as BsonDocument, doc};
use mongodb::options::{DatabaseOptions, SelectionCriteria};
use rhai::{Array, Dynamic, ImmutableString, Module};

use super::change_stream::ChangeStream;
use super::client::Client;
use super::collection::Collection;
use super::cursor::Cursor;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::mongo::{
    self, CallError, Concerns, DRIVER_FIELDS, Permit, Query, QueryKind, WatchScope,
};
use crate::values::codec::convert;
use crate::values::document::Document;

#[derive(Clone)]
pub struct Database {
    client: Client,
    name: ImmutableString,
}

impl Database {
    pub fn new(client: Client, name: ImmutableString) -> Self {
        Self { client, name }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn collection(&self, name: impl Into<ImmutableString>) -> Collection {
        Collection::new(self.clone(), name.into())
    }

    /// Runs a command of this program. Its reply is without the fields for drivers.
    pub fn run(
        &self,
        call: &Call,
        command: BsonDocument,
    ) -> std::result::Result<Document, CallError> {
        let mut reply = self.run_unchanged(call, command)?;
        for field in DRIVER_FIELDS {
            reply.remove(field)?;
        }
        Ok(reply)
    }

    /// Runs a command and checks its reply, which can contain errors although it says `ok`.
    fn run_unchanged(
        &self,
        call: &Call,
        command: BsonDocument,
    ) -> std::result::Result<Document, CallError> {
        let client = self.client.open()?;
        let permit = Permit::command(&client, &self.name, &command)?;
        let name = self.name.clone();
        let reply = call.run(&client, permit, move |session| {
            Box::pin(async move {
                let database = session.client().database(&name);
                database.run_command(command).session(session).await
            })
        })?;
        mongo::check_reply(&reply)?;
        Ok(convert::of_bson(&reply)?)
    }

    /// Runs a command that returns a cursor, and reads all documents.
    pub fn run_for_all(
        &self,
        call: &Call,
        command: BsonDocument,
    ) -> std::result::Result<Array, CallError> {
        let client = self.client.open()?;
        Cursor::new(
            Query {
                client: client.clone(),
                database: self.name.to_string(),
                kind: QueryKind::Command(command),
                options: BsonDocument::new(),
                concerns: Concerns::default(),
            },
            call.bound_session(&client)?,
            call.session.clone(),
        )
        .drain()
    }

    pub fn drop(&self, call: &Call) -> FunctionResult {
        let client = self.client.open()?;
        let permit = Permit::change(&client, &self.name, None, &[])?;
        let name = self.name.clone();
        call.run(&client, permit, move |session| {
            Box::pin(async move {
                let database = session.client().database(&name);
                database.drop().session(session).await
            })
        })?;
        Ok(Dynamic::UNIT)
    }

    pub fn collection_names(&self, call: &Call) -> std::result::Result<Vec<String>, CallError> {
        let client = self.client.open()?;
        let name = self.name.clone();
        call.run(&client, Permit::OWN, move |session| {
            Box::pin(async move {
                // A secondary may not have the collections that this script just created.
                let options = DatabaseOptions::builder()
                    .selection_criteria(SelectionCriteria::ReadPreference(
                        mongodb::options::ReadPreference::Primary,
                    ))
                    .build();
                let database = session.client().database_with_options(&name, options);
                database.list_collection_names().session(session).await
            })
        })
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<database {}>", self.name)
    }
}

methods! { Database, "Database";
    /// Returns the name of the database.
    ///
    /// ```rhai
    /// assert_eq(client.shop.name, "shop");
    /// ```
    property name(this, _call) -> "string" {
        Ok(this.name.clone().into())
    }

    /// Returns a short description of the database.
    ///
    /// ```rhai
    /// assert_eq(client.shop.to_string(), "<database shop>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns the collection with this name.
    ///
    /// `db.NAME` and `db["NAME"]` do the same; use `collection` for names that are also methods.
    ///
    /// ```rhai
    /// assert_eq(db.collection("drop").name, "drop");
    /// ```
    method collection(this, call, name: String) -> "Collection" keeps_documents {
        Ok(Dynamic::from(this.collection(call.text()?)))
    }

    /// Opens a change stream for all collections of the database.
    ///
    /// `watch()`, `watch(pipeline)`, `watch(options)` and `watch(pipeline, options)` are allowed.
    /// The stream is open on the server when `watch` returns.
    ///
    /// ```rhai
    /// let stream = db.watch();
    /// db.fruit.insert_one(#{ _id: 1 });
    /// assert_eq(stream.next().ns.coll, "fruit");
    /// ```
    method watch(this, call, pipeline?: Pipeline, options?: WATCH) -> "ChangeStream" {
        let scope = WatchScope::Database(this.name.to_string());
        ChangeStream::start(call, this.client.open()?, scope, Concerns::default())
    }

    /// Runs a database command and returns the reply of the server.
    ///
    /// The first field is the name of the command. A string is a command without further fields:
    /// `"ping"` is the same as `#{ ping: 1 }`.
    ///
    /// ```rhai
    /// assert_eq(db.command(#{ ping: 1 }).ok, 1.0);
    /// assert_eq(db.command("ping").ok, 1.0);
    /// ```
    method command(this, call, command: StringOrDocument, options?: ONLY_SESSION) -> "Document" {
        let command = command_document(call)?;
        call.options()?;
        Ok(Dynamic::from(this.run_unchanged(call, command)?))
    }

    /// Returns the names of the collections and views, sorted.
    ///
    /// ```rhai
    /// db.trucks.insert_one(#{ _id: 1 });
    /// assert("trucks" in db.list_collection_names());
    /// ```
    method list_collection_names(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let mut names = this.collection_names(call)?;
        names.sort();
        Ok(names.into_iter().map(Dynamic::from).collect::<Array>().into())
    }

    /// Returns the collections and views as the server describes them: `name`, `type`, `options`,
    /// `info`.
    ///
    /// ```rhai
    /// db.create_collection("logs", #{ capped: true, size: 4096 });
    /// assert(db.list_collections().some(|c| c.name == "logs" && c.options.capped));
    /// ```
    method list_collections(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let client = this.client.open()?;
        let listed = call.retry_read(&client, || {
            this.run_for_all(call, doc! { "listCollections": 1 })
        })?;
        Ok(listed.into())
    }

    /// Creates a collection and returns it.
    ///
    /// The options are those of the server, in `snake_case`: `capped`, `size`, `max`, `validator`,
    /// `collation`, `timeseries`, `view_on`, `pipeline`, …
    ///
    /// ```rhai
    /// let orders = db.create_collection("orders", #{ validator: #{ n: #{ "$gt": 0 } } });
    /// assert_throws(errors::ValidationFailed, || orders.insert_one(#{ n: 0 }));
    /// ```
    method create_collection(this, call, name: String, options?: CREATE_COLLECTION) -> "Collection" keeps_documents {
        let name = call.text()?;
        let mut options = call.options()?;
        let mut command = doc! { "create": name.as_str() };
        if let Some(concern) = options.take("write_concern") {
            command.insert("writeConcern", concern);
        }
        command.extend(options.into_command_fields());
        this.run(call, command)?;
        Ok(Dynamic::from(this.collection(name)))
    }

    /// Drops the database with all its collections.
    ///
    /// ```rhai
    /// client.scratch.drop();
    /// ```
    method drop(this, call, options?: ONLY_SESSION) {
        call.options()?;
        this.drop(call)
    }

    /// Runs an aggregation pipeline on the database.
    ///
    /// The pipeline starts with a stage that needs no collection, such as `$currentOp` or
    /// `$documents`.
    ///
    /// ```rhai
    /// assert(client.admin.aggregate([#{ "$currentOp": #{} }]).to_array().len() > 0);
    /// ```
    method aggregate(this, call, pipeline: Pipeline, options?: AGGREGATE) -> "Cursor" {
        let kind = QueryKind::Aggregate { collection: None, pipeline: call.pipeline()? };
        let query = Query {
            client: this.client.open()?,
            database: this.name.to_string(),
            kind,
            options: call.options_document()?,
            concerns: Concerns::default(),
        };
        Cursor::start(query, call)
    }
}

/// Registers `db.NAME` and `db["NAME"]`.
pub fn register_index(module: &mut Module) {
    module.set_indexer_get_fn(|database: &mut Database, name: ImmutableString| {
        Ok(database.collection(name))
    });
}

/// Takes a command: a Document, or the name of a command without further fields.
fn command_document(call: &mut Call) -> Result<BsonDocument> {
    let command = call.arg().unwrap_or_default();
    if let Some(name) = command.read_lock::<ImmutableString>() {
        return Ok(doc! { name.as_str(): 1 });
    }
    match command.try_cast::<Document>() {
        Some(command) => Ok(convert::to_bson(&command)?),
        None => Err(Error::invalid_argument("a command is a Document or a name")),
    }
}
