//! Many inserts in one call.

use std::collections::BTreeSet;
use std::sync::Arc;

use bson::Bson;
use bson::raw::RawDocumentBuf;
use mongodb::options::InsertManyOptions;
use rhai::Dynamic;

use super::bulk_write::send;
use super::inserted::append_with_id;
use super::write::{explain_refused, with_id};
use super::{Collection, take_write_concern};
use crate::api::call::arguments::Call;
use crate::api::call::methods;
use crate::error::{Error, Kind};
use crate::mongo::{BulkOperations, CallError, CallOptions, WriteKind, WritePart, WriteState};
use crate::values::codec::convert;
use crate::values::document::Document;

/// From this number of documents on, this program makes the `insert` commands. The driver copies
/// each document several times, which takes longer than all the rest that a client does.
const MANY: usize = 1000;

methods! { Collection, "Collection";
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
        let ordered = options.take_as("ordered", "`true` or `false`")?.unwrap_or(true);
        let ids = match documents.len() {
            ..MANY => insert_few(this, call, &documents, ordered, options),
            _ => insert_many(this, call, documents, ordered, options),
        }?;
        Ok(Dynamic::from(convert::of_pairs([("inserted_ids", ids.into())])))
    }
}

/// Inserts the documents with the driver. Returns their `_id`s.
fn insert_few(
    collection: &Collection,
    call: &Call,
    documents: &[Document],
    ordered: bool,
    mut options: CallOptions,
) -> std::result::Result<Vec<Dynamic>, CallError> {
    let target = take_write_concern(collection, &mut options)?;
    let mut insert: InsertManyOptions = options.into_driver_options()?;
    insert.ordered = Some(ordered);
    let (mut raws, mut ids) = (Vec::new(), Vec::new());
    for (index, document) in documents.iter().enumerate() {
        let (raw, id) = with_id(document).map_err(|error| in_batch(error, index))?;
        raws.push(raw);
        ids.push(id);
    }
    let raws = Arc::new(raws);
    let sent = Arc::clone(&raws);
    let permit = target.may_change(&[])?;
    let inserted = target.run(call, permit, move |collection, session| {
        Box::pin(async move {
            collection
                .insert_many(&*sent)
                .with_options(insert)
                .session(session)
                .await
        })
    });
    match inserted {
        Ok(_) => Ok(ids),
        Err(failure) => Err(explain_few(failure, &raws, &ids, ordered)),
    }
}

/// Inserts the documents with `insert` commands of this program. Returns their `_id`s.
fn insert_many(
    collection: &Collection,
    call: &Call,
    documents: Vec<Document>,
    ordered: bool,
    mut options: CallOptions,
) -> std::result::Result<Vec<Dynamic>, CallError> {
    let target = take_write_concern(collection, &mut options)?;
    let mut operations = BulkOperations::with_capacity(documents.len());
    let mut ids = Vec::with_capacity(documents.len());
    for (index, document) in documents.into_iter().enumerate() {
        let id = append_with_id(operations.buffer(), &document);
        ids.push(id.map_err(|error| in_batch(error, index))?);
        operations.push(WriteKind::Insert);
    }
    let fields = options.into_command_fields();
    let mut outcome = send(
        &target,
        call,
        operations,
        WritePart::Document,
        ordered,
        fields,
    )?;
    match outcome.take_failure() {
        None => Ok(ids),
        Some(CallError::Error(mut error)) => {
            let inserted = outcome.in_state(WriteState::Applied);
            error.facts_mut().inserted_ids =
                inserted.filter_map(|index| bson_of(&ids[index])).collect();
            Err(CallError::Error(error))
        }
        Some(stopped) => Err(stopped),
    }
}

fn in_batch(error: Error, index: usize) -> Error {
    error.context(|message| format!("document {index}: {message}"))
}

fn bson_of(id: &Dynamic) -> Option<Bson> {
    convert::to_bson_value(id.clone()).ok()
}

/// Adds the key of a duplicate to the error, and the `_id`s of the documents that were inserted.
fn explain_few(
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
            .filter_map(|(_, id)| bson_of(id))
            .collect();
    }
    CallError::Error(error)
}
