//! Writes the documents of a file into a collection.

use std::sync::Arc;

use bson::{Document as BsonDocument, RawDocumentBuf, doc};

use super::bad_record::BadRecord;
use super::batches::{Batch, Found, batches};
use super::reader::Reader;
use crate::error::{Error, Kind};
use crate::mongo::{CallError, Client, Interrupt};

/// How documents are written.
pub struct ImportPlan {
    pub database: String,
    pub collection: String,
    /// Whether the collection is dropped first.
    pub drop: bool,
    /// The field that finds the document to replace; a document that is not found is inserted.
    pub upsert_by: Option<String>,
    /// Whether bad records are left out.
    pub keep_going: bool,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub documents: u64,
    /// The records that were left out.
    pub left_out: u64,
}

/// Writes all documents of `reader`. `told` gets each record that is left out, and after each batch
/// the number of documents so far.
///
/// # Errors
/// The first bad record or the server's error, unless the plan continues; an interrupt.
pub fn import(
    client: &Client,
    interrupt: &Interrupt,
    plan: &ImportPlan,
    reader: Reader,
    told: &mut dyn FnMut(Option<BadRecord>, u64),
) -> Result<Imported, (Imported, ImportError)> {
    let mut done = Imported::default();
    let failed = |done: Imported, error: CallError| (done, ImportError::Call(error));
    if plan.drop {
        drop_collection(client, interrupt, plan).map_err(|error| failed(done, error))?;
    }
    let found = batches(reader, plan.keep_going).map_err(|cause| {
        let error = Error::new(Kind::Server, format!("cannot start a thread: {cause}"));
        failed(done, error.into())
    })?;
    for found in found {
        if let Some(stop) = interrupt.stopped_by_now() {
            return Err(failed(done, stop.into()));
        }
        let bad = match found {
            Found::Bad(bad) => vec![bad],
            Found::Batch(batch) => {
                let count = batch.documents.len() as u64;
                let refused =
                    write(client, interrupt, plan, batch).map_err(|error| failed(done, error))?;
                done.documents += count - (refused.unwritten as u64).min(count);
                refused.records
            }
        };
        for bad in bad {
            if !plan.keep_going || !bad.can_continue {
                return Err((done, ImportError::Record(bad)));
            }
            done.left_out += 1;
            told(Some(bad), done.documents);
        }
        told(None, done.documents);
    }
    Ok(done)
}

/// Why an import ended.
#[derive(Debug)]
pub enum ImportError {
    Record(BadRecord),
    Call(CallError),
}

fn drop_collection(
    client: &Client,
    interrupt: &Interrupt,
    plan: &ImportPlan,
) -> Result<(), CallError> {
    let (database, collection) = (plan.database.clone(), plan.collection.clone());
    client.call(interrupt, move |session| {
        Box::pin(async move {
            let database = session.client().database(&database);
            let collection = database.collection::<BsonDocument>(&collection);
            collection.drop().session(session).await
        })
    })
}

/// The documents of a batch that the server refused.
#[derive(Default)]
struct Refused {
    records: Vec<BadRecord>,
    /// How many documents were not written, because of an error or after one.
    unwritten: usize,
}

fn write(
    client: &Client,
    interrupt: &Interrupt,
    plan: &ImportPlan,
    batch: Batch,
) -> Result<Refused, CallError> {
    if batch.documents.is_empty() {
        return Ok(Refused::default());
    }
    match &plan.upsert_by {
        None => insert(client, interrupt, plan, batch),
        Some(field) => upsert(client, interrupt, plan, field, &batch),
    }
}

fn insert(
    client: &Client,
    interrupt: &Interrupt,
    plan: &ImportPlan,
    batch: Batch,
) -> Result<Refused, CallError> {
    let (database, collection) = (plan.database.clone(), plan.collection.clone());
    let ordered = !plan.keep_going;
    let count = batch.documents.len();
    let documents = Arc::new(batch.documents);
    let inserted = client.call(interrupt, move |session| {
        Box::pin(async move {
            let database = session.client().database(&database);
            let collection = database.collection::<RawDocumentBuf>(&collection);
            let insert = collection.insert_many(&*documents).ordered(ordered);
            insert.session(session).await
        })
    });
    match inserted {
        Ok(_) => Ok(Refused::default()),
        Err(CallError::Error(error)) if !error.facts().write_errors.is_empty() => {
            let errors = &error.facts().write_errors;
            Ok(refused(errors, &batch.numbers, ordered, count))
        }
        Err(failure) => Err(failure),
    }
}

fn upsert(
    client: &Client,
    interrupt: &Interrupt,
    plan: &ImportPlan,
    field: &str,
    batch: &Batch,
) -> Result<Refused, CallError> {
    let mut updates = Vec::new();
    let mut numbers = Vec::new();
    let mut without = Vec::new();
    for (document, number) in batch.documents.iter().zip(&batch.numbers) {
        let mut document = BsonDocument::try_from(document.as_ref())
            .map_err(|cause| Error::invalid_argument(cause.to_string()))?;
        let Some(value) = value_at(&document, field) else {
            let error = Error::invalid_argument(format!("the document has no field `{field}`"));
            without.push(BadRecord::new(*number, error));
            if !plan.keep_going {
                break;
            }
            continue;
        };
        // The document to replace keeps its `_id`.
        let id = match field {
            "_id" => None,
            _ => document.remove("_id"),
        };
        let filter = doc! { field: { "$eq": value } };
        let update = match id {
            None => doc! { "q": filter, "u": document, "upsert": true },
            Some(id) => {
                let whole = doc! { "$literal": document };
                let keep = doc! { "$mergeObjects": [{ "_id": { "$ifNull": ["$_id", { "$literal": id }] } }, whole] };
                doc! { "q": filter, "u": [{ "$replaceWith": keep }], "upsert": true }
            }
        };
        updates.push(update);
        numbers.push(*number);
    }
    let count = updates.len();
    let mut found = Refused::default();
    if count > 0 {
        let command =
            doc! { "update": &plan.collection, "updates": updates, "ordered": !plan.keep_going };
        let database = plan.database.clone();
        let reply = client.call(interrupt, move |session| {
            Box::pin(async move {
                let database = session.client().database(&database);
                database.run_command(command).session(session).await
            })
        })?;
        let errors: Vec<BsonDocument> = reply
            .get_array("writeErrors")
            .into_iter()
            .flatten()
            .filter_map(|error| error.as_document().cloned())
            .collect();
        found = refused(&errors, &numbers, !plan.keep_going, count);
    }
    found.unwritten += batch.documents.len() - count;
    found.records.extend(without);
    Ok(found)
}

/// Returns the value of a field; the name may be a path.
fn value_at(document: &BsonDocument, path: &str) -> Option<bson::Bson> {
    match path.split_once('.') {
        None => document.get(path).cloned(),
        Some((first, rest)) => value_at(document.get_document(first).ok()?, rest),
    }
}

/// Returns the refused documents of a command, with their places in the file.
fn refused(errors: &[BsonDocument], numbers: &[u64], ordered: bool, count: usize) -> Refused {
    let place = |error: &BsonDocument| {
        let index = error.get("index").and_then(|index| match index {
            bson::Bson::Int32(index) => usize::try_from(*index).ok(),
            bson::Bson::Int64(index) => usize::try_from(*index).ok(),
            _ => None,
        });
        index.unwrap_or_default()
    };
    let records = errors.iter().map(|error| {
        let message = error
            .get_str("errmsg")
            .or_else(|_| error.get_str("message"));
        let error_value = Error::new(
            match error.get_i32("code") {
                Ok(11000) => Kind::DuplicateKey,
                _ => Kind::CommandFailed,
            },
            message.unwrap_or("the server refused the document"),
        );
        let number = numbers.get(place(error)).copied().unwrap_or_default();
        BadRecord::new(number, error_value)
    });
    let unwritten = match (errors.first(), ordered) {
        (Some(first), true) => count - place(first).min(count),
        _ => errors.len(),
    };
    Refused {
        records: records.collect(),
        unwritten,
    }
}
