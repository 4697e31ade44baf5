//! Writes: insert, update, replace, delete.

use std::sync::Arc;

use bson::raw::RawDocumentBuf;
use bson::{Bson, Document as BsonDocument, RawDocument};
use mongodb::options::{
    DeleteOptions, InsertOneOptions, ReplaceOptions, UpdateModifications, UpdateOptions,
};
use mongodb::results::UpdateResult;
use rhai::Dynamic;

use super::inserted::append_with_id;
use super::{Collection, check_replacement, check_update, take_write_concern};
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::call::value_type::ValueType;
use crate::error::{Error, Kind, Result};
use crate::mongo::{CallError, explain_duplicate};
use crate::values::codec::convert;
use crate::values::document::Document;

methods! { Collection, "Collection";
    /// Inserts one document and returns a Document with `inserted_id`.
    ///
    /// A document without an `_id` gets a new ObjectId. Throws `DuplicateKey` if a document with
    /// the same unique key exists.
    ///
    /// ```rhai
    /// let result = db.trucks.insert_one(#{ _id: 4, license: "76I7H0O" });
    /// assert_eq(result.inserted_id, 4);
    /// ```
    method insert_one(this, call, document: Document, options?: INSERT_ONE) -> "Document" {
        let document = call.document()?;
        let (raw, id) = with_id(&document)?;
        let mut options = call.options()?;
        let target = take_write_concern(this, &mut options)?;
        let insert: InsertOneOptions = options.into_driver_options()?;
        let raw = Arc::new(raw);
        let sent = Arc::clone(&raw);
        let inserted = target.run(call, target.may_change(&[])?, move |collection, session| Box::pin(async move {
            collection.insert_one(&*sent).with_options(insert).session(session).await
        }));
        inserted.map_err(|failure| explain_refused(failure, |_| Some(&raw)))?;
        Ok(Dynamic::from(convert::of_pairs([("inserted_id", id)])))
    }

    /// Updates the first document that matches the filter.
    ///
    /// Returns a Document with `matched_count`, `modified_count` and `upserted_id`.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ type: "apple", n: 3 });
    /// assert_eq(db.fruit.update_one(#{ type: "apple" }, #{ "$inc": #{ n: -1 } }).modified_count, 1);
    /// ```
    method update_one(this, call, filter: Document, update: Update, options?: UPDATE) -> "Document" {
        let (target, filter, update, options) = update_arguments(this, call)?;
        let result = target.run(call, target.may_change(&evaluated(&filter, &update))?, move |collection, session| Box::pin(async move {
            collection.update_one(filter, update).with_options(options).session(session).await
        }))?;
        update_result(&result)
    }

    /// Updates all documents that match the filter.
    ///
    /// Returns a Document with `matched_count`, `modified_count` and `upserted_id`.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.fruit.update_many(#{}, #{ "$set": #{ ripe: true } }).modified_count, 2);
    /// ```
    method update_many(this, call, filter: Document, update: Update, options?: UPDATE) -> "Document" {
        let (target, filter, update, options) = update_arguments(this, call)?;
        let result = target.run(call, target.may_change(&evaluated(&filter, &update))?, move |collection, session| Box::pin(async move {
            collection.update_many(filter, update).with_options(options).session(session).await
        }))?;
        update_result(&result)
    }

    /// Replaces the first document that matches the filter with a whole document.
    ///
    /// The `_id` does not change. Returns a Document with `matched_count`, `modified_count` and
    /// `upserted_id`.
    ///
    /// ```rhai
    /// db.fruit.insert_one(#{ _id: 1, type: "apple" });
    /// db.fruit.replace_one(#{ _id: 1 }, #{ type: "pear" });
    /// assert_eq(db.fruit.find_one(), #{ _id: 1, type: "pear" });
    /// ```
    method replace_one(this, call, filter: Document, replacement: Document, options?: REPLACE) -> "Document" {
        let filter = call.bson()?;
        let replacement = replacement(call)?;
        let mut options = call.options()?;
        let target = take_write_concern(this, &mut options)?;
        let replace: ReplaceOptions = options.into_driver_options()?;
        let result = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.replace_one(filter, replacement).with_options(replace).session(session).await
        }))?;
        update_result(&result)
    }

    /// Deletes the first document that matches the filter.
    ///
    /// Returns a Document with `deleted_count`.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ n: 1 }, #{ n: 1 }]);
    /// assert_eq(db.fruit.delete_one(#{ n: 1 }).deleted_count, 1);
    /// ```
    method delete_one(this, call, filter: Document, options?: DELETE) -> "Document" {
        let (target, filter, options) = delete_arguments(this, call)?;
        let result = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.delete_one(filter).with_options(options).session(session).await
        }))?;
        Ok(deleted(result.deleted_count))
    }

    /// Deletes all documents that match the filter; `#{}` matches all.
    ///
    /// Returns a Document with `deleted_count`.
    ///
    /// ```rhai
    /// db.fruit.insert_many([#{ n: 1 }, #{ n: 2 }]);
    /// assert_eq(db.fruit.delete_many(#{}).deleted_count, 2);
    /// ```
    method delete_many(this, call, filter: Document, options?: DELETE) -> "Document" {
        let (target, filter, options) = delete_arguments(this, call)?;
        let result = target.run(call, target.may_change(&[&filter])?, move |collection, session| Box::pin(async move {
            collection.delete_many(filter).with_options(options).session(session).await
        }))?;
        Ok(deleted(result.deleted_count))
    }
}

/// Returns the BSON of a document that is inserted, and its `_id`.
pub(super) fn with_id(document: &Document) -> Result<(RawDocumentBuf, Dynamic)> {
    let mut bytes = Vec::new();
    let id = append_with_id(&mut bytes, document)?;
    let raw = RawDocumentBuf::from_bytes(bytes)
        .map_err(|_| Error::invalid_argument("the document is not BSON"))?;
    Ok((raw, id))
}

/// Adds the key of a duplicate to the error, from the document that was rejected: the driver drops
/// it.
pub(super) fn explain_refused<'a>(
    failure: CallError,
    refused: impl FnOnce(usize) -> Option<&'a RawDocumentBuf>,
) -> CallError {
    let CallError::Error(mut error) = failure else {
        return failure;
    };
    if error.kind() == Kind::DuplicateKey {
        let message = error.message().to_owned();
        let document = refused(error.facts().index.unwrap_or(0)).and_then(decoded);
        let facts = error.facts_mut();
        facts.key_value = None;
        explain_duplicate(facts, &message, document.as_ref());
    }
    CallError::Error(error)
}

fn decoded(raw: &RawDocumentBuf) -> Option<BsonDocument> {
    let raw: &RawDocument = raw;
    BsonDocument::try_from(raw).ok()
}

/// Returns the next argument as an update: operators or a pipeline.
pub(super) fn update(call: &mut Call) -> Result<UpdateModifications> {
    let value = call.arg().unwrap_or_default();
    let wrong = call.wrong("update", &ValueType::Update.expected(), &value);
    let update = convert::to_bson_value(value)?;
    check_update(&update)?;
    match update {
        Bson::Document(update) => Ok(UpdateModifications::Document(update)),
        Bson::Array(stages) => stages
            .into_iter()
            .map(|stage| match stage {
                Bson::Document(stage) => Ok(stage),
                _ => Err(wrong.clone()),
            })
            .collect::<Result<Vec<_>>>()
            .map(UpdateModifications::Pipeline),
        _ => Err(wrong),
    }
}

/// Returns the parts of an update that the server evaluates.
pub(super) fn evaluated<'a>(
    filter: &'a BsonDocument,
    update: &'a UpdateModifications,
) -> Vec<&'a BsonDocument> {
    let mut parts = vec![filter];
    match update {
        UpdateModifications::Document(update) => parts.push(update),
        UpdateModifications::Pipeline(stages) => parts.extend(stages),
        // The type is not exhaustive. This program makes only the two forms above.
        _ => {}
    }
    parts
}

/// Returns the next argument as a whole document.
pub(super) fn replacement(call: &mut Call) -> Result<RawDocumentBuf> {
    let replacement = call.document()?;
    if let Some(name) = replacement
        .keys()?
        .into_iter()
        .find(|name| name.starts_with('$'))
    {
        let operators = BsonDocument::from_iter([(name.to_string(), Bson::Null)]);
        check_replacement(&operators)?;
    }
    convert::to_raw(&replacement)
}

type UpdateArguments = (Collection, BsonDocument, UpdateModifications, UpdateOptions);

fn update_arguments(this: &Collection, call: &mut Call) -> Result<UpdateArguments> {
    let filter = call.bson()?;
    let update = update(call)?;
    let mut options = call.options()?;
    let target = take_write_concern(this, &mut options)?;
    Ok((target, filter, update, options.into_driver_options()?))
}

fn delete_arguments(
    this: &Collection,
    call: &mut Call,
) -> Result<(Collection, BsonDocument, DeleteOptions)> {
    let filter = call.bson()?;
    let mut options = call.options()?;
    let target = take_write_concern(this, &mut options)?;
    Ok((target, filter, options.into_driver_options()?))
}

fn update_result(result: &UpdateResult) -> FunctionResult {
    let upserted = match &result.upserted_id {
        Some(id) => convert::of_bson_value(id)?,
        None => Dynamic::UNIT,
    };
    Ok(Dynamic::from(convert::of_pairs([
        ("matched_count", convert::count(result.matched_count)),
        ("modified_count", convert::count(result.modified_count)),
        ("upserted_id", upserted),
    ])))
}

fn deleted(count: u64) -> Dynamic {
    Dynamic::from(convert::of_pairs([(
        "deleted_count",
        convert::count(count),
    )]))
}
