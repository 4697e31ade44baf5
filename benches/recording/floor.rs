//! The least that events can cost: the same loop on the bare driver, with and without a handler of command events that
//! does nothing.

use std::time::Instant;

use mongodb::Client;
use mongodb::bson::{RawDocumentBuf, doc};
use mongodb::event::EventHandler;
use mongodb::options::ClientOptions;

use super::Result;

/// `driver plain|events CALLS`, on the server of `MONGODB_URI`. Prints the milliseconds of the loop.
pub fn main(args: &[String]) -> Result<f64> {
    let [handler, calls] = args else {
        return Err("`driver` takes a handler and a number of calls".into());
    };
    let work = find_one(handler == "events", calls.parse()?);
    tokio::runtime::Runtime::new()?.block_on(work)
}

async fn find_one(has_handler: bool, calls: usize) -> Result<f64> {
    let mut options = ClientOptions::parse(std::env::var("MONGODB_URI")?).await?;
    if has_handler {
        options.command_event_handler = Some(EventHandler::callback(|_| {}));
    }
    let client = Client::with_options(options)?;
    let documents = client
        .database("lessons")
        .collection::<RawDocumentBuf>("recording");
    let update = documents.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 1 } });
    update.upsert(true).await?;
    let begin = Instant::now();
    for _ in 0..calls {
        documents.find_one(doc! { "_id": 1 }).await?;
    }
    Ok(begin.elapsed().as_secs_f64() * 1e3)
}
