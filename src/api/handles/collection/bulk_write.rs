//! Many writes in one call.

use bson::Document as BsonDocument;
use rhai::{Array, Dynamic, ImmutableString};

use super::{Collection, bulk_operation, take_write_concern};
use crate::api::call::arguments::Call;
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::mongo::{BulkOperations, BulkOutcome, BulkWrite, CallError, WritePart, WriteState};
use crate::values::codec::convert;
use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

methods! { Collection, "Collection";
    /// Runs many writes of different kinds in as few round trips as possible.
    ///
    /// The operations are `insert_one`, `update_one`, `update_many`, `replace_one`, `delete_one`
    /// and `delete_many`. They run in order and stop at the first one that fails. With
    /// `ordered: false` they are grouped by kind, and the operations after a failed one run too.
    /// Updates and deletes also take `collation` and `hint`; updates take `upsert`, `array_filters`
    /// and (in MongoDB 8.0 or newer) `sort`.
    ///
    /// Returns a Document with `inserted_count`, `matched_count`, `modified_count`, `deleted_count`
    /// and `upserted_count`, and with `inserted_ids` and `upserted_ids` by the index of the
    /// operation. The error has the same Document as `result`, and `write_errors`. After a lost
    /// connection, a command is sent again once. A command with an `update_many` or a `delete_many`
    /// is not sent again, because the server could not see that it is the same command.
    ///
    /// ```rhai
    /// let result = db.stock.bulk_write([
    ///     #{ insert_one: #{ document: #{ _id: "apples", n: 3 } } },
    ///     #{ update_one: #{ filter: #{ _id: "pears" }, update: #{ "$inc": #{ n: 5 } }, upsert: true } },
    ///     #{ delete_many: #{ filter: #{ n: 0 } } },
    /// ]);
    /// assert_eq(result.inserted_ids["0"], "apples");
    /// assert_eq(result.upserted_ids["1"], "pears");
    /// let again = [#{ insert_one: #{ document: #{ _id: "figs" } } }, #{ insert_one: #{ document: #{ _id: "apples" } } }];
    /// let err = assert_throws(errors::DuplicateKey, || db.stock.bulk_write(again));
    /// assert_eq(err.index, 1);
    /// assert_eq(err.result.inserted_count, 1);
    /// ```
    method bulk_write(this, call, operations: Documents, options?: BULK_WRITE) {
        let operations = call.documents()?;
        let mut options = call.options()?;
        if operations.is_empty() {
            return Err(Error::invalid_argument("`bulk_write` got an empty array of operations")
                .hint("check `operations.is_empty()` first if the array can be empty")
                .into());
        }
        let target = take_write_concern(this, &mut options)?;
        let ordered = options.take_as("ordered", "`true` or `false`")?.unwrap_or(true);
        let mut bulk = BulkOperations::with_capacity(operations.len());
        let mut ids = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            if let Some(id) = bulk_operation::append(&mut bulk, operation)? {
                ids.push((index, id));
            }
        }
        let fields = options.into_command_fields();
        let mut outcome = send(&target, call, bulk, WritePart::Operation, ordered, fields)?;
        ids.retain(|(index, _)| outcome.states[*index] == WriteState::Applied);
        match outcome.take_failure() {
            None => Ok(Dynamic::from(result(&outcome, &ids)?)),
            Some(failure) => Err(explained(failure, &outcome, &ids).into()),
        }
    }
}

/// Sends the operations. `fields` are the options that the commands have.
pub(super) fn send(
    collection: &Collection,
    call: &Call,
    operations: BulkOperations,
    part: WritePart,
    ordered: bool,
    fields: BsonDocument,
) -> Result<BulkOutcome> {
    let client = collection.client()?;
    let bound = call.bound_session(&client)?;
    let bulk = BulkWrite {
        client,
        database: collection.database.name().to_owned(),
        collection: collection.name.to_string(),
        operations,
        part,
        ordered,
        write_concern: collection.concerns.write.clone(),
        fields,
    };
    Ok(bulk.run(call.session.interrupt(), bound.as_ref()))
}

/// Returns the result of the bulk write as scripts see it.
fn result(outcome: &BulkOutcome, ids: &[(usize, Dynamic)]) -> Result<Document> {
    let upserted = outcome
        .upserted
        .iter()
        .map(|(index, id)| Ok((*index, convert::of_bson_value(id)?)));
    let upserted = upserted.collect::<Result<Vec<_>>>()?;
    let upserts = u64::try_from(upserted.len()).unwrap_or(u64::MAX);
    Ok(convert::of_pairs([
        ("inserted_count", convert::count(outcome.inserted)),
        ("matched_count", convert::count(outcome.matched)),
        ("modified_count", convert::count(outcome.modified)),
        ("deleted_count", convert::count(outcome.deleted)),
        ("upserted_count", convert::count(upserts)),
        ("inserted_ids", by_index(ids)),
        ("upserted_ids", by_index(&upserted)),
    ]))
}

/// Returns a Document that maps the index of an operation, as text, to its `_id`.
fn by_index(ids: &[(usize, Dynamic)]) -> Dynamic {
    let fields: Fields = ids
        .iter()
        .map(|(index, id)| {
            (
                ImmutableString::from(index.to_string()),
                Slot::Value(id.clone()),
            )
        })
        .collect();
    Dynamic::from(Document::from_fields(fields))
}

/// Adds to the failure what is known about each operation.
fn explained(failure: CallError, outcome: &BulkOutcome, ids: &[(usize, Dynamic)]) -> CallError {
    let CallError::Error(mut error) = failure else {
        return failure;
    };
    let facts = error.facts_mut();
    facts.inserted_ids = ids
        .iter()
        .filter_map(|(_, id)| convert::to_bson_value(id.clone()).ok())
        .collect();
    facts.result = so_far(outcome, ids).ok();
    CallError::Error(error)
}

fn so_far(outcome: &BulkOutcome, ids: &[(usize, Dynamic)]) -> Result<BsonDocument> {
    let mut so_far = result(outcome, ids)?;
    so_far.set("not_applied", places(outcome, WriteState::NotApplied))?;
    so_far.set("unknown", places(outcome, WriteState::Unknown))?;
    let concerns = convert::of_documents(&outcome.write_concern_errors)?;
    so_far.set("write_concern_errors", concerns.into())?;
    convert::to_bson(&so_far)
}

fn places(outcome: &BulkOutcome, state: WriteState) -> Dynamic {
    let places: Array = outcome
        .in_state(state)
        .map(|index| Dynamic::from_int(i64::try_from(index).unwrap_or(i64::MAX)))
        .collect();
    places.into()
}
