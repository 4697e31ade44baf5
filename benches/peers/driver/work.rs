use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bson::raw::{RawArrayBuf, RawDocumentBuf, cstr};
use bson::{Document, doc, rawdoc};
use futures_util::{StreamExt, TryStreamExt};
use mongodb::options::FullDocumentType;
use mongodb::{Client, Collection, Database};

use super::data::shipment;
use crate::Result;

/// Replacements a command at a time: the bare driver has no bulk write for servers before version 8.
const REPLACEMENTS: usize = 10_000;

/// Does the work of the row, and prints what it took and what it found.
pub async fn work(client: &Client, row: &str, size: usize) -> Result<()> {
    let db = client.database("bench");
    if row == "start" {
        let shipments = db.collection::<Document>("shipments");
        println!("{:?}", shipments.find_one(doc! { "number": 7 }).await?);
        return Ok(());
    }
    if row == "insert_many" {
        let shipments: Vec<Document> = (0..size).map(shipment).collect();
        let started = Instant::now();
        let target = db.collection::<Document>("target");
        let inserted = target.insert_many(&shipments).await?.inserted_ids.len();
        return tell(started, inserted, 0);
    }
    let started = Instant::now();
    let (count, sum) = match row {
        "sum_one" => sum_raw(&db.collection("shipments"), 0).await?,
        "memory" => sum_raw(&db.collection("many"), size).await?,
        "read_all" => read_all(&db).await?,
        "replace" => replace(&db.collection("loads")).await?,
        "bulk" => bulk(client, true).await?,
        "bulk_plain" => bulk(client, false).await?,
        "insert_one" => insert_one(&db.collection("target"), size).await?,
        "find_one" => find_one(&db.collection("shipments"), size).await?,
        "parallel" => parallel(&db.collection("shipments"), size).await?,
        "watch" => return watch(&db.collection("loads"), size).await,
        other => return Err(format!("there is no row `{other}`").into()),
    };
    tell(started, count, sum)
}

fn tell(started: Instant, count: usize, sum: i64) -> Result<()> {
    let seconds = started.elapsed().as_secs_f64();
    println!(r#"{{"seconds": {seconds}, "count": {count}, "sum": {sum}}}"#);
    Ok(())
}

/// The limit of reading: batches as they came, and one field looked up in each document's bytes.
async fn sum_raw(collection: &Collection<Document>, limit: usize) -> Result<(usize, i64)> {
    let find = collection.find(doc! {}).limit(i64::try_from(limit)?);
    let mut batches = find.batch().await?;
    let (mut count, mut sum) = (0, 0);
    while let Some(batch) = batches.try_next().await? {
        for document in batch.doc_slices()? {
            let document = document?.as_document().ok_or("a batch holds no document")?;
            sum += i64::from(document.get_i32("quantity")?);
            count += 1;
        }
    }
    Ok((count, sum))
}

async fn read_all(db: &Database) -> Result<(usize, i64)> {
    let mut found = db.collection::<Document>("shipments").find(doc! {}).await?;
    let (mut count, mut sum) = (0, 0);
    while let Some(d) = found.try_next().await? {
        let texts = d.get_str("product")?.len() + d.get_str("city")?.len();
        let numbers = d.get_i32("number")? + d.get_i32("truck_id")? + d.get_i32("quantity")?;
        sum += i64::from(numbers) + texts as i64 + (d.get_f64("weight_kg")? * 4.0) as i64;
        sum += i64::from(d.get_bool("express")? && d.get("_id") != d.get("departed"));
        count += 1;
    }
    Ok((count, sum))
}

async fn replace(loads: &Collection<Document>) -> Result<(usize, i64)> {
    let mut found = loads.find(doc! {}).await?;
    let mut count = 0;
    while let Some(mut d) = found.try_next().await? {
        let (quantity, id) = (d.get_i32("quantity")?, d.get_object_id("_id")?);
        d.insert("quantity", quantity + 1);
        let replaced = loads.replace_one(doc! { "_id": id }, d).await?;
        count += replaced.modified_count as usize;
    }
    Ok((count, 0))
}

/// With numbers the server keeps what it answered, so that the command could be repeated after a lost connection: that is
/// what the other programs' bulk writes do unless they are told not to, and it is most of the server's work.
async fn bulk(client: &Client, numbered: bool) -> Result<(usize, i64)> {
    let db = client.database("bench");
    let mut session = client.start_session().await?;
    let mut number = 0_i64;
    let loads = db.collection::<Document>("loads");
    let found = loads.find(doc! {}).await?;
    let mut parts = found.try_chunks(REPLACEMENTS);
    let mut count = 0;
    while let Some(part) = parts.next().await {
        let mut updates = RawArrayBuf::new();
        for mut d in part? {
            let (quantity, id) = (d.get_i32("quantity")?, d.get_object_id("_id")?);
            d.insert("quantity", quantity + 1);
            let replacement = RawDocumentBuf::try_from(&d)?;
            updates.push(rawdoc! { "q": { "_id": id }, "u": replacement });
        }
        let mut command = rawdoc! { "update": "loads", "updates": updates };
        if numbered {
            number += 1;
            command.append(cstr!("txnNumber"), number);
        }
        let reply = db.run_raw_command(command).session(&mut session).await?;
        count += usize::try_from(reply.get_i32("nModified")?)?;
    }
    Ok((count, 0))
}

async fn insert_one(target: &Collection<Document>, size: usize) -> Result<(usize, i64)> {
    for i in 0..i32::try_from(size)? {
        let document = doc! { "number": i, "product": "socks", "quantity": i % 97 };
        target.insert_one(document).await?;
    }
    Ok((size, 0))
}

async fn find_one(shipments: &Collection<Document>, size: usize) -> Result<(usize, i64)> {
    let mut sum = 0;
    for i in 0..size {
        sum += quantity(shipments, i).await?;
    }
    Ok((size, sum))
}

async fn quantity(shipments: &Collection<Document>, i: usize) -> Result<i64> {
    let found = shipments
        .find_one(doc! { "number": i32::try_from(i)? })
        .await?;
    Ok(found.ok_or("it is not there")?.get_i32("quantity")?.into())
}

async fn parallel(shipments: &Collection<Document>, size: usize) -> Result<(usize, i64)> {
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..64).map(|_| {
        let (shipments, next) = (shipments.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let (mut count, mut sum) = (0, 0);
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= size {
                    return Result::Ok((count, sum));
                }
                sum += quantity(&shipments, i).await?;
                count += 1;
            }
        })
    });
    let (mut count, mut sum) = (0, 0);
    for worker in workers.collect::<Vec<_>>() {
        let (counted, summed) = worker.await??;
        count += counted;
        sum += summed;
    }
    Ok((count, sum))
}

async fn watch(loads: &Collection<Document>, size: usize) -> Result<()> {
    let stream = loads.watch().full_document(FullDocumentType::UpdateLookup);
    let mut stream = stream.await?;
    let started = Instant::now();
    let (mut count, mut sum) = (0, 0);
    let updated = loads.clone();
    let writer = tokio::spawn(async move {
        for i in 0..size as i32 {
            let update = doc! { "$inc": { "quantity": 1 } };
            updated.update_one(doc! { "number": i }, update).await?;
        }
        Result::Ok(())
    });
    while count < size {
        let event = stream.next().await.ok_or("the stream has ended")??;
        let document = event.full_document.ok_or("an event without its document")?;
        sum += i64::from(document.get_i32("quantity")?);
        count += 1;
    }
    tell(started, count, sum)?;
    writer.await?
}
