//! Indexes: create, list and drop.

use bson::{Bson, Document as BsonDocument, doc};
use rhai::{Array, Dynamic};

use super::Collection;
use crate::api::call::arguments::{Call, check_options};
use crate::api::call::methods;
use crate::api::call::option_groups::INDEX;
use crate::api::call::with_our_names;
use crate::api::handles::key_spec::keys_of;
use crate::error::{Error, Kind, server_codes};
use crate::mongo::{CallError, CallOptions};
use crate::values::codec::convert;
use crate::values::document::Document;

methods! { Collection, "Collection";
    /// Creates an index on a field (`"truck_id"`) or several fields (`#{ city: 1, n: -1 }`), and
    /// returns its name.
    ///
    /// If the index exists, nothing changes.
    ///
    /// ```rhai
    /// assert_eq(db.shipments.create_index("truck_id", #{ unique: true }), "truck_id_1");
    /// ```
    method create_index(this, call, keys: Keys, options?: CREATE_INDEX) -> "string" {
        let keys = call.arg().unwrap_or_default();
        let keys = keys_of(call, "keys", keys, None)?;
        let mut options = call.options()?;
        let command = command_fields(&mut options);
        let (index, name) = index_document(keys, options.into_command_fields());
        create(this, call, vec![index], command)?;
        Ok(name.into())
    }

    /// Creates several indexes in one command and returns their names.
    ///
    /// Each one is `#{ keys: …, OPTION: … }`, with the same options for the index as in
    /// `create_index`.
    ///
    /// ```rhai
    /// let names = db.shipments.create_indexes([#{ keys: "city" }, #{ keys: #{ n: -1 }, name: "by_number" }]);
    /// assert_eq(names, ["city_1", "by_number"]);
    /// ```
    method create_indexes(this, call, indexes: Documents, options?: CREATE_INDEXES) -> "Array" {
        let mut indexes = Vec::new();
        let mut names = Array::new();
        for document in call.documents()? {
            let keys = document.get("keys")?.ok_or_else(|| {
                Error::invalid_argument("an index has no field `keys`").hint("write `#{ keys: \"city\" }`")
            })?;
            let keys = keys_of(call, "keys", keys, None)?;
            let mut options = with_our_names("create_indexes", &document, INDEX)?;
            options.remove("keys")?;
            check_options("create_indexes", &options, INDEX)?;
            let options = CallOptions::of("create_indexes", convert::to_bson(&options)?);
            let (index, name) = index_document(keys, options.into_command_fields());
            indexes.push(index);
            names.push(name.into());
        }
        let command = command_fields(&mut call.options()?);
        create(this, call, indexes, command)?;
        Ok(names.into())
    }

    /// Returns the indexes as the server describes them: `key`, `name`, `unique`, …
    ///
    /// ```rhai
    /// db.shipments.create_index("truck_id");
    /// assert_eq(db.shipments.list_indexes().map(|i| i.name), ["_id_", "truck_id_1"]);
    /// ```
    method list_indexes(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        Ok(indexes(this, call)?.into())
    }

    /// Returns the names of the indexes.
    ///
    /// ```rhai
    /// db.shipments.create_index("truck_id");
    /// assert_eq(db.shipments.list_index_names(), ["_id_", "truck_id_1"]);
    /// ```
    method list_index_names(this, call, options?: ONLY_SESSION) -> "Array" {
        call.options()?;
        let mut names = Array::new();
        for index in indexes(this, call)? {
            if let Some(index) = index.read_lock::<Document>() {
                names.extend(index.get("name")?);
            }
        }
        Ok(names.into())
    }

    /// Drops the index with this name.
    ///
    /// ```rhai
    /// let name = db.shipments.create_index("truck_id");
    /// db.shipments.drop_index(name);
    /// assert_eq(db.shipments.list_indexes().len(), 1);
    /// ```
    method drop_index(this, call, name: String, options?: ONLY_SESSION) {
        let name = call.text()?;
        call.options()?;
        if name == "*" {
            return Err(Error::new(Kind::InvalidArgument, "`drop_index` drops one index and does not accept `*`")
                .hint("use `drop_indexes()` to drop all indexes")
                .into());
        }
        this.command(call, doc! { "dropIndexes": this.name(), "index": name.as_str() })?;
        Ok(Dynamic::UNIT)
    }

    /// Drops all indexes except the one on `_id`.
    ///
    /// ```rhai
    /// db.shipments.create_index("truck_id");
    /// db.shipments.drop_indexes();
    /// assert_eq(db.shipments.list_indexes().len(), 1);
    /// ```
    method drop_indexes(this, call, options?: ONLY_SESSION) {
        call.options()?;
        this.command(call, doc! { "dropIndexes": this.name(), "index": "*" })?;
        Ok(Dynamic::UNIT)
    }
}

/// Returns the indexes as the server describes them.
fn indexes(collection: &Collection, call: &Call) -> std::result::Result<Array, CallError> {
    let client = collection.client()?;
    let command = doc! { "listIndexes": collection.name() };
    let listed = call.retry_read(&client, || {
        collection.database.run_for_all(call, command.clone())
    });
    match listed {
        // A collection that does not exist has no indexes. PyMongo and mongosh do the same.
        Err(CallError::Error(error))
            if error.facts().code == Some(server_codes::NAMESPACE_NOT_FOUND) =>
        {
            Ok(Array::new())
        }
        listed => listed,
    }
}

/// Returns the index as `createIndexes` expects it, and its name.
fn index_document(keys: BsonDocument, options: BsonDocument) -> (BsonDocument, String) {
    let name = match options.get_str("name") {
        Ok(name) => name.to_owned(),
        Err(_) => default_name(&keys),
    };
    let mut index = doc! { "key": keys };
    index.extend(options);
    index.insert("name", &name);
    (index, name)
}

/// Takes the options that belong to the command and not to an index.
fn command_fields(options: &mut CallOptions) -> BsonDocument {
    let mut fields = BsonDocument::new();
    for (option, field) in [
        ("comment", "comment"),
        ("max_time_ms", "maxTimeMS"),
        ("write_concern", "writeConcern"),
    ] {
        fields.extend(options.take(option).map(|value| (field.to_owned(), value)));
    }
    fields
}

/// Returns the name that all drivers use: `city_1_n_-1`.
fn default_name(keys: &BsonDocument) -> String {
    let parts: Vec<String> = keys
        .iter()
        .map(|(field, direction)| match direction {
            Bson::String(kind) => format!("{field}_{kind}"),
            other => format!("{field}_{other}"),
        })
        .collect();
    parts.join("_")
}

fn create(
    this: &Collection,
    call: &Call,
    indexes: Vec<BsonDocument>,
    fields: BsonDocument,
) -> std::result::Result<(), CallError> {
    let mut command = doc! { "createIndexes": this.name(), "indexes": indexes };
    command.extend(fields);
    this.command(call, command)?;
    Ok(())
}
