//! Writes: insert, update, replace, delete.

use std::collections::BTreeSet;
use std::sync::Arc;

use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::{Bson, Document as BsonDocument, RawDocument};
use mongodb::options::{
    DeleteOptions, InsertManyOptions, InsertOneOptions, ReplaceOptions, UpdateModifications,
    UpdateOptions,
};
use mongodb::results::UpdateResult;
use rhai::Dynamic;

use super::{Collection, check_replacement, check_update, take_write_concern};
use crate::api::call::arguments::Call;
use crate::api::call::function_error::FunctionResult;
use crate::api::call::methods;
use crate::api::call::value_type::ValueType;
use crate::error::{Error, Kind, Result};
use crate::mongo::elements::{Elements, kind};
use crate::mongo::{CallError, explain_duplicate};
use crate::values::codec::convert;
use crate::values::document::Document;

/// The largest document that MongoDB accepts, in bytes.
pub(super) const MAX_DOCUMENT: usize = 16 * 1024 * 1024;

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

    /// Inserts many documents in as few round trips as possible and returns a Document with
    /// `inserted_ids`.
    ///
    /// The insert stops at the first document that fails; with `ordered: false` it also tries the
    /// documents after it. The error has `inserted_ids`, the `_id`s that were inserted, and
    /// `write_errors`.
    ///
    /// ```rhai
    /// assert_eq(db.trucks.insert_many([#{ _id: 1 }, #{ _id: 2 }]).inserted_ids, [1, 2]);
    /// let err = assert_throws(errors::DuplicateKey, || db.trucks.insert_many([#{ _id: 3 }, #{ _id: 1 }]));
    /// assert_eq(err.inserted_ids, [3]);
    /// assert_eq(err.key_value, #{ _id: 1 });
    /// ```
    method insert_many(this, call, documents: Documents, options?: INSERT_MANY) -> "Document" {
        let documents = call.documents()?;
        let mut options = call.options()?;
        if documents.is_empty() {
            return Err(Error::invalid_argument("`insert_many` got an empty array of documents")
                .hint("check `documents.is_empty()` first if the array can be empty")
                .into());
        }
        let target = take_write_concern(this, &mut options)?;
        let ordered = options.take_as("ordered", "`true` or `false`")?.unwrap_or(true);
        let mut insert: InsertManyOptions = options.into_driver_options()?;
        insert.ordered = Some(ordered);
        let (raws, ids) = with_ids(&documents)?;
        drop(documents);
        let raws = Arc::new(raws);
        let sent = Arc::clone(&raws);
        let inserted = target.run(call, target.may_change(&[])?, move |collection, session| Box::pin(async move {
            collection.insert_many(&*sent).with_options(insert).session(session).await
        }));
        inserted.map_err(|failure| explain_many(failure, &raws, &ids, ordered))?;
        Ok(Dynamic::from(convert::of_pairs([("inserted_ids", ids.into())])))
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

/// Returns the documents as bytes with their `_id`s, and the `_id`s.
///
/// The driver does not make the `_id`s, because it would make new ones when it retries an insert.
fn with_ids(documents: &[Document]) -> Result<(Vec<RawDocumentBuf>, Vec<Dynamic>)> {
    let mut raws = Vec::with_capacity(documents.len());
    let mut ids = Vec::with_capacity(documents.len());
    for (index, document) in documents.iter().enumerate() {
        let (raw, id) = with_id(document).map_err(|error| in_batch(error, index))?;
        raws.push(raw);
        ids.push(id);
    }
    Ok((raws, ids))
}

fn with_id(document: &Document) -> Result<(RawDocumentBuf, Dynamic)> {
    let bytes = document.to_bytes()?;
    check_size(bytes.len())?;
    let found = Elements::new(&bytes)?.find("_id")?;
    let (bytes, id) = match found {
        Some(element) => {
            let id = convert::of_element(element.kind, bytes.slice_ref(element.value))?;
            (bytes.to_vec(), id)
        }
        None => {
            let id = ObjectId::new();
            (with_first(&bytes, id), Dynamic::from(id))
        }
    };
    let raw = RawDocumentBuf::from_bytes(bytes)
        .map_err(|_| Error::invalid_argument("the document is not BSON"))?;
    Ok((raw, id))
}

pub(super) fn check_size(size: usize) -> Result<()> {
    if size <= MAX_DOCUMENT {
        return Ok(());
    }
    Err(Error::new(
        Kind::DocumentTooLarge,
        format!("the document has {size} bytes, and MongoDB accepts at most {MAX_DOCUMENT}"),
    )
    .hint("split it, or store large parts in separate documents"))
}

/// Returns the document with a new `_id` before its other fields.
fn with_first(document: &[u8], id: ObjectId) -> Vec<u8> {
    const NAME: &[u8] = b"_id\0";
    let length = document.len() + 1 + NAME.len() + 12;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&(length as i32).to_le_bytes());
    bytes.push(kind::OBJECT_ID);
    bytes.extend_from_slice(NAME);
    bytes.extend_from_slice(&id.bytes());
    bytes.extend_from_slice(&document[4..]);
    bytes
}

fn in_batch(error: Error, index: usize) -> Error {
    error.context(|message| format!("document {index}: {message}"))
}

/// Adds the key of a duplicate to the error, from the document that was rejected: the driver drops
/// it.
fn explain_refused<'a>(
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

/// Does the same for a batch, and adds the `_id`s of the documents that were inserted.
fn explain_many(
    failure: CallError,
    raws: &[RawDocumentBuf],
    ids: &[Dynamic],
    ordered: bool,
) -> CallError {
    let mut error = match explain_refused(failure, |index| raws.get(index)) {
        CallError::Error(error) => error,
        stopped => return stopped,
    };
    let failed: BTreeSet<usize> = error
        .facts()
        .write_errors
        .iter()
        .filter_map(|write| write.get_i32("index").ok())
        .filter_map(|index| usize::try_from(index).ok())
        .collect();
    let known = !failed.is_empty()
        || matches!(error.kind(), Kind::WriteConcern | Kind::WriteConcernTimeout);
    if known {
        // If the insert is ordered, exactly the documents before the first failure were inserted.
        let end = failed
            .first()
            .copied()
            .filter(|_| ordered)
            .unwrap_or(ids.len());
        error.facts_mut().inserted_ids = ids[..end]
            .iter()
            .enumerate()
            .filter(|(index, _)| !failed.contains(index))
            .filter_map(|(_, id)| convert::to_bson_value(id.clone()).ok())
            .collect();
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
