use bson::{Bson, Document, RawDocument, doc};

use super::Bucket;
use crate::error::{Error, Kind, Result};
use crate::mongo::call_error::CallError;
use crate::mongo::client::Client;
use crate::mongo::cursor::Cursor;
use crate::mongo::interrupt::Interrupt;

/// About how much one batch of chunks has.
const BATCH_BYTES: u64 = 4 << 20;

/// A file of a bucket that is read from a position on.
#[derive(Debug)]
pub struct StoredFile {
    bucket: Bucket,
    client: Client,
    /// The document in `fs.files`.
    file: Document,
    id: Bson,
    length: u64,
    chunk_size: u64,
    position: u64,
    /// The chunks from the position on, if some were read.
    chunks: Option<Cursor>,
    /// What is left of the chunk at the position.
    rest: Vec<u8>,
}

impl StoredFile {
    /// Reads the document of a file.
    ///
    /// # Errors
    /// `FileCorrupt` without an `_id`, a length or the size of its chunks.
    pub(super) fn new(bucket: Bucket, client: Client, bytes: &[u8]) -> Result<Self> {
        let file: Document = bson::deserialize_from_slice(bytes)
            .map_err(|_| corrupt(&Bson::Null, "its document is not BSON"))?;
        let id = file.get("_id").cloned().unwrap_or(Bson::Null);
        let count = |name: &str| {
            let number = whole(file.get(name));
            let why = format!("`{name}` is not a whole number of 0 or more");
            number.ok_or_else(|| corrupt(&id, &why))
        };
        let (length, chunk_size) = (count("length")?, count("chunkSize")?);
        if chunk_size == 0 {
            return Err(corrupt(&id, "`chunkSize` is 0"));
        }
        Ok(Self {
            bucket,
            client,
            id,
            file,
            length,
            chunk_size,
            position: 0,
            chunks: None,
            rest: Vec::new(),
        })
    }

    pub fn file(&self) -> &Document {
        &self.file
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves to a position, which is the end if the file is shorter.
    pub fn seek(&mut self, position: u64) {
        self.position = position.min(self.length);
        self.chunks = None;
        self.rest = Vec::new();
    }

    /// Returns the next bytes up to the end of their chunk, or `None` at the end of the file.
    pub fn next_part(
        &mut self,
        interrupt: &Interrupt,
    ) -> std::result::Result<Option<Vec<u8>>, CallError> {
        if self.rest.is_empty() && !self.read_chunk(interrupt)? {
            return Ok(None);
        }
        let part = std::mem::take(&mut self.rest);
        self.position += part.len() as u64;
        Ok(Some(part))
    }

    /// Returns the next bytes: as many as asked for, or all up to the end of the file.
    pub fn read(
        &mut self,
        interrupt: &Interrupt,
        count: Option<u64>,
    ) -> std::result::Result<Vec<u8>, CallError> {
        let left = self.length - self.position;
        let count = count.map_or(left, |count| count.min(left));
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < count {
            let Some(mut part) = self.next_part(interrupt)? else {
                break;
            };
            let wanted = count - bytes.len() as u64;
            if part.len() as u64 > wanted {
                self.rest = part.split_off(usize::try_from(wanted).unwrap_or(usize::MAX));
                self.position -= self.rest.len() as u64;
            }
            bytes.append(&mut part);
        }
        if self.position == self.length {
            // There must be no further chunk.
            self.read_chunk(interrupt)?;
        }
        Ok(bytes)
    }

    /// Reads the chunk at the position. Returns `false` at the end of the file.
    fn read_chunk(&mut self, interrupt: &Interrupt) -> std::result::Result<bool, CallError> {
        let n = self.position / self.chunk_size;
        let is_at_end = self.position >= self.length;
        if is_at_end && self.chunks.is_none() {
            return Ok(false);
        }
        let next = self.chunks_from(n).next(interrupt)?;
        if is_at_end {
            return match next {
                None => Ok(false),
                Some(_) => Err(corrupt(&self.id, "it has more chunks than its length says").into()),
            };
        }
        let missing = || corrupt(&self.id, &format!("its chunk {n} is missing"));
        let chunk = next.ok_or_else(missing)?;
        let chunk = RawDocument::from_bytes(&chunk).map_err(|_| missing())?;
        let found = chunk.get("n").ok().flatten();
        let found = found.and_then(|found| Bson::try_from(found.to_owned()).ok());
        if whole(found.as_ref()) != Some(n) {
            return Err(missing().into());
        }
        let data = chunk.get_binary("data").map_err(|_| missing())?.bytes;
        let expected = self.chunk_size.min(self.length - n * self.chunk_size);
        if data.len() as u64 != expected {
            let actual = data.len();
            let why = format!("its chunk {n} has {actual} bytes instead of {expected}");
            return Err(corrupt(&self.id, &why).into());
        }
        let start = usize::try_from(self.position % self.chunk_size).unwrap_or(usize::MAX);
        self.rest = data.get(start..).unwrap_or_default().to_vec();
        Ok(true)
    }

    fn chunks_from(&mut self, n: u64) -> &mut Cursor {
        let Self {
            bucket,
            client,
            id,
            chunk_size,
            chunks,
            ..
        } = self;
        chunks.get_or_insert_with(|| {
            let first = i64::try_from(n).unwrap_or(i64::MAX);
            let filter = doc! { "files_id": { "$eq": id.clone() }, "n": { "$gte": first } };
            let batch = i64::try_from((BATCH_BYTES / *chunk_size).max(1)).unwrap_or(1);
            let options = doc! { "sort": { "n": 1 }, "batch_size": batch };
            bucket.query(client, bucket.chunks(), filter, options)
        })
    }
}

/// Returns a number as a whole number of 0 or more. Drivers store `n` and `length` in any numeric
/// type.
fn whole(value: Option<&Bson>) -> Option<u64> {
    match value? {
        Bson::Int32(number) => u64::try_from(*number).ok(),
        Bson::Int64(number) => u64::try_from(*number).ok(),
        Bson::Double(number) if (0.0..9e15).contains(number) && number.fract() == 0.0 => {
            Some(*number as u64)
        }
        _ => None,
    }
}

fn corrupt(id: &Bson, why: &str) -> Error {
    Error::new(
        Kind::FileCorrupt,
        format!("the stored file with the `_id` {id} is damaged: {why}"),
    )
    .hint("delete the file and upload it again")
}
