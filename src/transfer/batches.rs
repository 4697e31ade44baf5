//! Batches of documents, which a thread reads while the one before is being written.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use bson::oid::ObjectId;
use bson::{RawDocumentBuf, rawdoc};

use super::bad_record::BadRecord;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::values::document::Document;

/// The largest batch, in documents and in bytes. One command takes 48 MB.
const DOCUMENTS: usize = 20_000;
const BYTES: usize = 8 << 20;

/// How many batches may wait. More would only use memory.
const AHEAD: usize = 2;

/// Documents for one command, with their places in the file.
#[derive(Default)]
pub(super) struct Batch {
    pub documents: Vec<RawDocumentBuf>,
    /// The line or the number of each document.
    pub numbers: Vec<u64>,
    bytes: usize,
}

/// What a reader found.
pub(super) enum Found {
    Batch(Batch),
    Bad(BadRecord),
}

/// Reads batches on another thread. With `keep_going`, bad records are reported between them;
/// otherwise the first one is the last thing that is found.
///
/// # Errors
/// The system's error if it cannot start a thread.
pub(super) fn batches(reader: Reader, keep_going: bool) -> std::io::Result<Receiver<Found>> {
    let (sender, found) = sync_channel(AHEAD);
    thread::Builder::new()
        .name("reader".into())
        // A document may be deeply nested.
        .stack_size(64 << 20)
        .spawn(move || {
            // Nobody reads the rest after an error.
            let _ = read(reader, keep_going, &sender);
        })?;
    Ok(found)
}

fn read(
    reader: Reader,
    keep_going: bool,
    sender: &SyncSender<Found>,
) -> std::result::Result<(), std::sync::mpsc::SendError<Found>> {
    let mut batch = Batch::default();
    for record in reader {
        let added = record.and_then(|(number, document)| {
            let added = with_id(&document).map(|raw| batch.add(number, raw));
            added.map_err(|error| BadRecord::new(number, error))
        });
        if let Err(bad) = added {
            sender.send(Found::Batch(std::mem::take(&mut batch)))?;
            sender.send(Found::Bad(bad))?;
            if !keep_going {
                return Ok(());
            }
        }
        if batch.is_full() {
            sender.send(Found::Batch(std::mem::take(&mut batch)))?;
        }
    }
    sender.send(Found::Batch(batch))
}

impl Batch {
    fn add(&mut self, number: u64, document: RawDocumentBuf) {
        self.bytes += document.as_bytes().len();
        self.documents.push(document);
        self.numbers.push(number);
    }

    fn is_full(&self) -> bool {
        self.documents.len() >= DOCUMENTS || self.bytes >= BYTES
    }
}

/// Returns the document with an `_id`, so that a retried insert has the same one.
fn with_id(document: &Document) -> Result<RawDocumentBuf> {
    let bytes = document.to_bytes()?;
    let has_id = document.contains("_id")?;
    let whole = match (has_id, bytes.split_at_checked(4)) {
        (false, Some((_, fields))) => {
            let mut whole = rawdoc! { "_id": ObjectId::new() }.into_bytes();
            // The fields come in place of the closing zero.
            whole.pop();
            whole.extend_from_slice(fields);
            let length = i32::try_from(whole.len()).unwrap_or(i32::MAX);
            whole[..4].copy_from_slice(&length.to_le_bytes());
            whole
        }
        _ => bytes.into(),
    };
    RawDocumentBuf::from_bytes(whole).map_err(|cause| Error::invalid_argument(cause.to_string()))
}
