use std::io::BufRead;

use super::bad_record::BadRecord;
use crate::error::Error;
use crate::values::document::Document;
use crate::values::ejson;

/// Reads a file with one document in each line. Empty lines are skipped.
pub(super) struct JsonLines {
    bytes: Box<dyn BufRead + Send>,
    parse: ParseDocument,
    line: u64,
    buffer: Vec<u8>,
    is_over: bool,
}

impl JsonLines {
    pub(super) fn new(bytes: Box<dyn BufRead + Send>, parse: ParseDocument) -> Self {
        Self {
            bytes,
            parse,
            line: 0,
            buffer: Vec::new(),
            is_over: false,
        }
    }
}

impl Iterator for JsonLines {
    type Item = Result<(u64, Document), BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            self.buffer.clear();
            self.line += 1;
            match self.bytes.read_until(b'\n', &mut self.buffer) {
                Ok(0) => self.is_over = true,
                Ok(_) if self.buffer.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let document = (self.parse)(self.buffer.trim_ascii());
                    return Some(match document {
                        Ok(document) => Ok((self.line, document)),
                        Err(error) => Err(BadRecord::new(self.line, error)),
                    });
                }
                Err(cause) => {
                    self.is_over = true;
                    let error = Error::invalid_argument(format!("cannot be read: {cause}"));
                    return Some(Err(BadRecord::new(self.line, error).last()));
                }
            }
        }
        None
    }
}

/// Returns the document of a text.
pub type ParseDocument = fn(&[u8]) -> crate::error::Result<Document>;

/// Returns the document of an Extended JSON text.
///
/// # Errors
/// `InvalidArgument` if the text is not a document.
pub fn parse_document(text: &[u8]) -> crate::error::Result<Document> {
    let value = ejson::parse(text_of(text)?)?;
    value.try_cast_result::<Document>().map_err(|value| {
        Error::invalid_argument(format!(
            "expected a document, not {}",
            crate::values::type_name::of(&value)
        ))
    })
}

/// Returns the document of an Extended JSON text as BSON, which is faster if no script reads it.
///
/// # Errors
/// The same as [`parse_document`].
pub fn parse_to_bson(text: &[u8]) -> crate::error::Result<Document> {
    match ejson::to_bson(text_of(text)?) {
        Some(bytes) => Document::from_bytes(bytes.into()),
        None => parse_document(text),
    }
}

fn text_of(text: &[u8]) -> crate::error::Result<&str> {
    // A file of Windows may start with a byte order mark.
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    std::str::from_utf8(text).map_err(|_| Error::invalid_argument("the text is not valid UTF-8"))
}
