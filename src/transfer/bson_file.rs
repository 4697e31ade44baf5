use std::io::{self, BufRead, Read};

use bytes::Bytes;

use super::bad_record::BadRecord;
use crate::error::Error;
use crate::values::document::Document;

/// The largest document in a dump: 16 MB, and what the server adds to it.
const LARGEST: usize = 17 << 20;

/// Reads documents one after another, as `mongodump` writes them.
pub(super) struct BsonFile {
    bytes: Box<dyn BufRead + Send>,
    number: u64,
    is_over: bool,
}

impl BsonFile {
    pub(super) fn new(bytes: Box<dyn BufRead + Send>) -> Self {
        Self {
            bytes,
            number: 0,
            is_over: false,
        }
    }

    fn read(&mut self) -> Result<Option<Vec<u8>>, String> {
        let words = |cause: io::Error| match cause.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends inside a document".to_owned(),
            _ => format!("cannot be read: {cause}"),
        };
        if self.bytes.fill_buf().map_err(words)?.is_empty() {
            return Ok(None);
        }
        let mut length = [0; 4];
        self.bytes.read_exact(&mut length).map_err(words)?;
        let size = usize::try_from(i32::from_le_bytes(length)).unwrap_or(0);
        if !(5..=LARGEST).contains(&size) {
            return Err("this is not a BSON document".to_owned());
        }
        let mut document = length.to_vec();
        document.resize(size, 0);
        self.bytes.read_exact(&mut document[4..]).map_err(words)?;
        Ok(Some(document))
    }
}

impl Iterator for BsonFile {
    type Item = Result<(u64, Document), BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        self.number += 1;
        match self.read() {
            Ok(Some(bytes)) => Some(match Document::from_bytes(Bytes::from(bytes)) {
                Ok(document) => Ok((self.number, document)),
                Err(error) => Err(BadRecord::new(self.number, error)),
            }),
            Ok(None) => {
                self.is_over = true;
                None
            }
            Err(message) => {
                self.is_over = true;
                let error = Error::invalid_argument(message)
                    .hint("a `.bson` file of `mongodump` has the documents of one collection");
                Some(Err(BadRecord::new(self.number, error).last()))
            }
        }
    }
}
