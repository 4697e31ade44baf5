use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, Database, IndexModel};

use super::data::{quantities, shipment};
use crate::Result;

/// Documents a command at a time, when a collection is filled.
const AT_ONCE: usize = 10_000;

/// Makes the collections as the row finds them.
pub async fn prepare(db: &Database, row: &str, size: usize) -> Result<()> {
    match row {
        "insert_many" | "insert_one" => {
            let target = db.collection::<Document>("target");
            target.drop().await?;
            db.create_collection("target").await?;
        }
        "replace" | "bulk" | "bulk_plain" | "watch" => {
            let loads = db.collection("loads");
            loads.drop().await?;
            fill(&loads, size).await?;
        }
        "memory" | "memory_200k" => keep_filled(&db.collection("many"), size, true).await?,
        "first" => {}
        // The start row reads document 7 of whatever is there.
        "start" => keep_filled(&db.collection("shipments"), 1000, true).await?,
        // All of them are read.
        "sum_one" | "read_all" => keep_filled(&db.collection("shipments"), size, false).await?,
        _ => keep_filled(&db.collection("shipments"), size, true).await?,
    }
    Ok(())
}

/// Whether the row has left behind what it should.
pub async fn check(db: &Database, row: &str, size: usize) -> Result<()> {
    let (name, sum) = match row {
        "insert_many" | "insert_one" => ("target", quantities(size)),
        "replace" | "bulk" | "bulk_plain" | "watch" => ("loads", quantities(size) + size),
        _ => return Ok(()),
    };
    let group =
        doc! { "$group": { "_id": null, "count": { "$sum": 1 }, "sum": { "$sum": "$quantity" } } };
    let collection = db.collection::<Document>(name);
    let mut found = collection.aggregate([group]).await?;
    let found = found.try_next().await?.unwrap_or_default();
    let right = doc! { "_id": null, "count": i32::try_from(size)?, "sum": i32::try_from(sum)? };
    if found != right {
        return Err(format!("`{name}` holds {found}, not {right}").into());
    }
    Ok(())
}

/// Fills the collection, unless it has exactly `size` documents, or with `more` at least `size`.
async fn keep_filled(collection: &Collection<Document>, size: usize, more: bool) -> Result<()> {
    let count = collection.count_documents(doc! {}).await? as usize;
    if count == size || (more && count > size) {
        return Ok(());
    }
    collection.drop().await?;
    fill(collection, size).await
}

async fn fill(collection: &Collection<Document>, size: usize) -> Result<()> {
    let index = IndexModel::builder().keys(doc! { "number": 1 }).build();
    collection.create_index(index).await?;
    for first in (0..size).step_by(AT_ONCE) {
        let part = first..size.min(first + AT_ONCE);
        collection.insert_many(part.map(shipment)).await?;
    }
    Ok(())
}
