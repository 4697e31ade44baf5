//! Indexes: making, listing and dropping them.

use bson::{Bson, Document as BsonDocument, doc};
use rhai::{Array, Dynamic};

use super::super::method::{Call, methods};
use super::super::value::convert;
use super::{Collection, keys_of};
use crate::error::{Error, Kind, Result, server_codes};
use crate::mongo::{Failure, Options};

pub(super) const INDEX_OPTIONS: &[&str] = &[
    "bits",
    "bucket_size",
    "collation",
    "comment",
    "default_language",
    "expire_after_seconds",
    "hidden",
    "language_override",
    "max",
    "max_time_ms",
    "min",
    "name",
    "partial_filter_expression",
    "sparse",
    "storage_engine",
    "text_index_version",
    "unique",
    "weights",
    "wildcard_projection",
    "write_concern",
];

methods! { Collection, "Collection";
    /// Makes an index on a field (`"truck_id"`) or several (`#{ city: 1, n: -1 }`), unless it is there, and gives its
    /// name. Options: `unique`, `name`, `sparse`, `expire_after_seconds`, `partial_filter_expression`, `collation`, …
    ///
    /// ```rhai
    /// assert_eq(db.shipments.create_index("truck_id", #{ unique: true }), "truck_id_1");
    /// ```
    method create_index(this, call, "keys, options?") -> "string" {
        let keys = call.arg().ok_or_else(|| call.wrong("keys", "a field's name or a Document", &Dynamic::UNIT))?;
        let keys = keys_of(call, "keys", keys, None)?;
        let options = call.options("create_index", INDEX_OPTIONS)?;
        let (index, name, concern) = index_document(keys, options)?;
        create(this, call, vec![index], concern)?;
        Ok(name.into())
    }

    /// Makes several indexes in one command; each is `#{ keys: …, OPTION: … }`. Gives their names.
    /// Options: `session`.
    ///
    /// ```rhai
    /// let names = db.shipments.create_indexes([#{ keys: "city" }, #{ keys: #{ n: -1 }, name: "by_number" }]);
    /// assert_eq(names, ["city_1", "by_number"]);
    /// ```
    method create_indexes(this, call, "indexes, options?") -> "Array" {
        let mut indexes = Vec::new();
        let mut names = Array::new();
        for document in call.documents("indexes")? {
            let keys = document.get("keys")?.ok_or_else(|| {
                Error::invalid_argument("an index has no `keys`").hint("write `#{ keys: \"city\" }`")
            })?;
            let keys = keys_of(call, "keys", keys, None)?;
            let mut options = convert::to_bson(&document)?;
            options.remove("keys");
            let options = Options::new("create_indexes", options, INDEX_OPTIONS)?;
            let (index, name, _) = index_document(keys, options)?;
            indexes.push(index);
            names.push(name.into());
        }
        call.options("create_indexes", &[])?;
        create(this, call, indexes, None)?;
        Ok(names.into())
    }

    /// Lists the indexes as the server describes them: `key`, `name`, `unique`, … Options: `session`.
    ///
    /// ```rhai
    /// db.shipments.create_index("truck_id");
    /// assert_eq(db.shipments.list_indexes().map(|i| i.name), ["_id_", "truck_id_1"]);
    /// ```
    method list_indexes(this, call, "options?") -> "Array" {
        call.options("list_indexes", &[])?;
        match this.database.run_for_all(call, doc! { "listIndexes": this.name() }) {
            // A collection that is not there has no indexes: PyMongo and mongosh say so too.
            Err(Failure::Error(error)) if error.facts().code == Some(server_codes::NAMESPACE_NOT_FOUND) => Ok(Array::new().into()),
            listed => Ok(listed?.into()),
        }
    }

    /// Drops an index by its name. Options: `session`.
    ///
    /// ```rhai
    /// let name = db.shipments.create_index("truck_id");
    /// db.shipments.drop_index(name);
    /// assert_eq(db.shipments.list_indexes().len(), 1);
    /// ```
    method drop_index(this, call, "name, options?") {
        let name = call.text("name")?;
        call.options("drop_index", &[])?;
        if name == "*" {
            return Err(Error::new(Kind::InvalidArgument, "`drop_index` drops one index, by its name")
                .hint("`drop_indexes()` drops them all")
                .into());
        }
        this.command(call, doc! { "dropIndexes": this.name(), "index": name.as_str() })?;
        Ok(Dynamic::UNIT)
    }

    /// Drops every index but the one on `_id`. Options: `session`.
    ///
    /// ```rhai
    /// db.shipments.create_index("truck_id");
    /// db.shipments.drop_indexes();
    /// assert_eq(db.shipments.list_indexes().len(), 1);
    /// ```
    method drop_indexes(this, call, "options?") {
        call.options("drop_indexes", &[])?;
        this.command(call, doc! { "dropIndexes": this.name(), "index": "*" })?;
        Ok(Dynamic::UNIT)
    }
}

/// The index as `createIndexes` takes it, its name, and the call's write concern.
fn index_document(
    keys: BsonDocument,
    mut options: Options,
) -> Result<(BsonDocument, String, Option<Bson>)> {
    let concern = options.take("write_concern");
    options.take("max_time_ms");
    let name = match options.take("name") {
        Some(Bson::String(name)) => name,
        Some(other) => {
            return Err(Error::invalid_argument(format!(
                "an index's `name` is a string, not {other}"
            )));
        }
        None => default_name(&keys),
    };
    let mut index = doc! { "key": keys, "name": &name };
    index.extend(options.into_command_fields());
    Ok((index, name, concern))
}

/// The name that every driver gives: `city_1_n_-1`.
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
    concern: Option<Bson>,
) -> std::result::Result<(), Failure> {
    let mut command = doc! { "createIndexes": this.name(), "indexes": indexes };
    if let Some(concern) = concern {
        command.insert("writeConcern", concern);
    }
    this.command(call, command)?;
    Ok(())
}
