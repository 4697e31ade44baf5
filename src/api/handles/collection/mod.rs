//! The script type `Collection`: its documents and its indexes.

pub mod admin;
pub mod bulk_operation;
pub mod bulk_write;
pub mod find_and_modify;
pub mod index;
pub mod insert_many;
mod inserted;
pub mod read;
pub mod write;

use std::fmt;

use bson::raw::RawDocumentBuf;
use bson::{Bson, Document as BsonDocument};
use futures_util::future::BoxFuture;
use mongodb::ClientSession;
use mongodb::options::CollectionOptions;
use rhai::{Dynamic, ImmutableString, Module};

use super::change_stream::ChangeStream;
use super::cursor::Cursor;
use super::database::Database;
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::mongo::{
    CallError, CallOptions, Client, Concerns, Permit, Query, QueryKind, WatchScope,
};
use crate::values::codec::convert;

#[derive(Clone)]
pub struct Collection {
    database: Database,
    name: ImmutableString,
    concerns: Concerns,
}

/// The collection of the driver. Its documents stay undecoded bytes.
type DriverCollection = mongodb::Collection<RawDocumentBuf>;

impl Collection {
    pub fn new(database: Database, name: ImmutableString) -> Self {
        Self {
            database,
            name,
            concerns: Concerns::default(),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn full_name(&self) -> String {
        format!("{}.{}", self.database.name(), self.name)
    }

    /// Returns the collection `NAME.suffix`, as in `db.fs.files`.
    fn sub_collection(&self, more: &str) -> Self {
        Self {
            name: format!("{}.{more}", self.name).into(),
            ..self.clone()
        }
    }

    fn client(&self) -> Result<Client> {
        self.database.client().open()
    }

    fn driver(&self, client: &mongodb::Client) -> DriverCollection {
        let mut options = CollectionOptions::default();
        options.read_concern = self.concerns.read.clone();
        options.write_concern = self.concerns.write.clone();
        options.selection_criteria = self.concerns.selection.clone();
        client
            .database(self.database.name())
            .collection_with_options(&self.name, options)
    }

    fn may_read(&self, parts: &[&BsonDocument]) -> Result<Permit> {
        Permit::read(&self.client()?, parts)
    }

    fn may_change(&self, parts: &[&BsonDocument]) -> Result<Permit> {
        let database = self.database.name();
        Permit::change(&self.client()?, database, Some(&self.name), parts)
    }

    /// Runs one operation of the driver on this collection.
    fn run<T: Send + 'static>(
        &self,
        call: &Call,
        permit: Permit,
        operation: impl for<'s> FnOnce(
            DriverCollection,
            &'s mut ClientSession,
        ) -> BoxFuture<'s, mongodb::error::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> std::result::Result<T, CallError> {
        let client = self.client()?;
        let collection = self.clone();
        call.run(&client, permit, move |session| {
            // The session's client is used, because `trace` may have replaced the client of the
            // collection.
            operation(collection.driver(&session.client()), session)
        })
    }

    fn ask(&self, call: &mut Call, kind: QueryKind) -> FunctionResult {
        let query = Query {
            client: self.client()?,
            database: self.database.name().to_owned(),
            kind,
            options: call.options_document()?,
            concerns: self.concerns.clone(),
        };
        Cursor::start(query, call)
    }

    fn command(
        &self,
        call: &Call,
        command: BsonDocument,
    ) -> std::result::Result<crate::values::document::Document, CallError> {
        self.database.run(call, command)
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<collection {}>", self.full_name())
    }
}

methods! { Collection, "Collection";
    /// Returns the name of the collection, without the name of the database.
    ///
    /// ```rhai
    /// assert_eq(db.fs.files.name, "fs.files");
    /// ```
    property name(this, _call) -> "string" {
        Ok(this.name.clone().into())
    }

    /// Returns the namespace of the collection: database, dot, collection.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.full_name, "shop.orders");
    /// ```
    property full_name(this, _call) -> "string" {
        Ok(this.full_name().into())
    }

    /// Returns the database of the collection.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.database.name, "shop");
    /// ```
    property database(this, _call) -> "Database" {
        Ok(Dynamic::from(this.database.clone()))
    }

    /// Returns a short description of the collection.
    ///
    /// ```rhai
    /// assert_eq(client.shop.orders.to_string(), "<collection shop.orders>");
    /// ```
    method to_string(this, _call) -> "string" {
        Ok(this.to_string().into())
    }

    /// Returns the same collection with other options for writes (`write_concern`) and reads
    /// (`read_concern`, `read_preference`).
    ///
    /// An option that is not given stays as it was.
    ///
    /// ```rhai
    /// let orders = db.orders.with_options(#{ write_concern: #{ w: "majority", wtimeout: 5000 } });
    /// orders.insert_one(#{ n: 1 });
    /// ```
    method with_options(this, call, options: WITH_OPTIONS) -> "Collection" keeps_documents {
        let mut options = call.options()?;
        let concerns = Concerns::take(&mut options)?.or(&this.concerns);
        Ok(Dynamic::from(Collection { concerns, ..this.clone() }))
    }

    /// Opens a change stream for the collection.
    ///
    /// `watch()`, `watch(pipeline)`, `watch(options)` and `watch(pipeline, options)` are allowed.
    /// The stream is open on the server when `watch` returns, so it contains every change made
    /// after that. With `full_document: "updateLookup"`, the event of an update contains the whole
    /// document. With a `session`, the stream starts after the last operation of the session.
    ///
    /// ```rhai
    /// let stream = db.fruit.watch([#{ "$match": #{ operationType: "insert" } }]);
    /// db.fruit.insert_one(#{ _id: 1, type: "apples" });
    /// assert_eq(stream.next().fullDocument.type, "apples");
    /// ```
    method watch(this, call, pipeline?: Pipeline, options?: WATCH) -> "ChangeStream" {
        let scope = WatchScope::Collection {
            database: this.database.name().to_owned(),
            collection: this.name.to_string(),
        };
        ChangeStream::start(call, this.client()?, scope, this.concerns.clone())
    }

    /// Drops the collection with its documents and indexes.
    ///
    /// A collection that does not exist is not an error.
    ///
    /// ```rhai
    /// db.orders.insert_one(#{ n: 1 });
    /// db.orders.drop();
    /// assert_eq(db.orders.count_documents(), 0);
    /// ```
    method drop(this, call, options?: ONLY_SESSION) {
        call.options()?;
        this.run(call, this.may_change(&[])?, move |collection, session| Box::pin(async move { collection.drop().session(session).await }))?;
        Ok(Dynamic::UNIT)
    }

    /// Renames the collection within its database and returns it under its new name.
    ///
    /// ```rhai
    /// db.drafts.insert_one(#{ n: 1 });
    /// assert_eq(db.drafts.rename("orders").count_documents(), 1);
    /// ```
    method rename(this, call, name: String, options?: ONLY_SESSION) -> "Collection" {
        let name = call.text()?;
        call.options()?;
        let to = format!("{}.{name}", this.database.name());
        let command = bson::doc! { "renameCollection": this.full_name(), "to": to };
        this.database.client().database("admin").run(call, command)?;
        Ok(Dynamic::from(Collection { name, ..this.clone() }))
    }
}

/// Registers `collection.NAME`: the collection whose name is `collection`, dot, `NAME`.
pub fn register_index(module: &mut Module) {
    module.set_indexer_get_fn(|collection: &mut Collection, name: ImmutableString| {
        Ok(collection.sub_collection(&name))
    });
}

/// Returns the document as a script value, or `()` if none was found.
fn found_document(found: Option<RawDocumentBuf>) -> FunctionResult {
    Ok(match found {
        Some(raw) => Dynamic::from(convert::of_raw(raw)?),
        None => Dynamic::UNIT,
    })
}

/// Returns the collection with the write concern of the call, if the call has one.
fn take_write_concern(collection: &Collection, options: &mut CallOptions) -> Result<Collection> {
    let mut concerns = collection.concerns.clone();
    if let Some(write) = options.take_write_concern()? {
        concerns.write = Some(write);
    }
    Ok(Collection {
        concerns,
        ..collection.clone()
    })
}

/// Checks an update more strictly than the driver does: empty updates, and every field name.
fn check_update(update: &Bson) -> Result<()> {
    let hint = "write `#{ \"$set\": #{ … } }`, or use `replace_one` to replace the whole document";
    match update {
        Bson::Document(fields) if fields.is_empty() => {
            Err(Error::invalid_argument("the update is empty").hint(hint))
        }
        Bson::Document(fields) => match fields.keys().find(|name| !name.starts_with('$')) {
            Some(name) => Err(Error::invalid_argument(format!(
                "`{name}` is not an update operator: update operators start with `$`"
            ))
            .hint(hint)),
            None => Ok(()),
        },
        Bson::Array(stages) if stages.is_empty() => {
            Err(Error::invalid_argument("the update is an empty pipeline").hint(hint))
        }
        _ => Ok(()),
    }
}

fn check_replacement(replacement: &BsonDocument) -> Result<()> {
    match replacement.keys().find(|name| name.starts_with('$')) {
        Some(name) => Err(Error::invalid_argument(format!(
            "the replacement contains the update operator `{name}`"
        ))
        .hint("use `update_one` to change some fields; a replacement is a whole document")),
        None => Ok(()),
    }
}
