//! Many writes in one call.

use bson::Document as BsonDocument;
use rhai::{Array, Dynamic, ImmutableString};

use super::{Collection, bulk_operation, take_write_concern};
use crate::api::call::methods;
use crate::error::{Error, Result};
use crate::mongo::{BulkOperations, BulkOutcome, BulkWrite, Failure, WriteState};
use crate::values::codec::convert;
use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

methods! { Collection, "Collection";
    /// Carries out many writes of different kinds in as few round trips as possible: `insert_one`, `update_one`,
    /// `update_many`, `replace_one`, `delete_one`, `delete_many`. In order, up to the first that fails; with
    /// `ordered: false` grouped by kind, and those after a failed one are tried too. Updates and deletes also take
    /// `collation` and `hint`, updates `upsert`, `array_filters` and (from MongoDB 8.0 on) `sort`.
    ///
    /// Gives `inserted_count`, `matched_count`, `modified_count`, `deleted_count`, `upserted_count`, and by the
    /// operation's index `inserted_ids` and `upserted_ids`. A failure's error has the same as `result`, and
    /// `write_errors`. After a lost connection a command is repeated once where the server can tell that it is the
    /// same, which it can unless an `update_many` or a `delete_many` is in it.
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
            return Err(Error::invalid_argument("`bulk_write` was given no operations")
                .hint("test `operations.is_empty()` first, if there may be none")
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
        let client = this.client()?;
        let bound = call.bound_session(&client)?;
        let bulk = BulkWrite {
            client,
            database: this.database.name().to_owned(),
            collection: this.name.to_string(),
            operations: bulk,
            ordered,
            write_concern: target.concerns.write,
            fields: options.into_command_fields(),
        };
        let mut outcome = bulk.run(call.session.interrupt(), bound.as_ref());
        ids.retain(|(index, _)| outcome.states[*index] == WriteState::Applied);
        match outcome.take_failure() {
            None => Ok(Dynamic::from(result(&outcome, &ids)?)),
            Some(failure) => Err(explained(failure, &outcome, &ids).into()),
        }
    }
}

/// What was done, as scripts see it.
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

/// A Document from an operation's place, as text, to its `_id`.
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

/// The failure with everything that is known about the operations.
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
