use std::io::BufRead;

use super::bad_record::BadRecord;
use super::json_lines::ParseDocument;
use crate::error::Error;
use crate::values::document::Document;

/// The largest text of one document. MongoDB accepts 16 MB of BSON, which is longer as JSON.
const LONGEST: usize = 64 << 20;

/// Reads a JSON array of documents, or documents one after another, each over any number of lines.
///
/// It finds the end of each document by its brackets, so only one document is in memory.
pub(super) struct JsonValues {
    bytes: Box<dyn BufRead + Send>,
    parse: ParseDocument,
    line: u64,
    is_over: bool,
}

/// What the bytes between two documents say.
enum Between {
    /// A document begins.
    Document,
    End,
    Unexpected(u8),
}

impl JsonValues {
    pub(super) fn new(bytes: Box<dyn BufRead + Send>, parse: ParseDocument) -> Self {
        Self {
            bytes,
            parse,
            line: 1,
            is_over: false,
        }
    }

    /// Skips spaces, commas and the brackets of the array.
    fn skip(&mut self) -> std::io::Result<Between> {
        loop {
            let buffer = self.bytes.fill_buf()?;
            let Some(first) = buffer.first().copied() else {
                return Ok(Between::End);
            };
            match first {
                b'{' => return Ok(Between::Document),
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | b',' | b'[' | b']' => {}
                // A byte order mark.
                0xEF | 0xBB | 0xBF => {}
                other => return Ok(Between::Unexpected(other)),
            }
            self.bytes.consume(1);
        }
    }

    /// Reads up to the bracket that closes the document.
    fn document(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut text = Vec::new();
        let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
        loop {
            let buffer = self.bytes.fill_buf()?;
            if buffer.is_empty() || text.len() > LONGEST {
                return Ok(None);
            }
            let mut used = 0;
            let mut is_complete = false;
            for byte in buffer {
                used += 1;
                match byte {
                    _ if is_escaped => is_escaped = false,
                    b'\\' if in_string => is_escaped = true,
                    b'"' => in_string = !in_string,
                    b'\n' => self.line += 1,
                    _ if in_string => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            is_complete = true;
                            break;
                        }
                    }
                    _ => {}
                }
            }
            text.extend_from_slice(&buffer[..used]);
            self.bytes.consume(used);
            if is_complete {
                return Ok(Some(text));
            }
        }
    }

    fn failed(&mut self, line: u64, message: String) -> BadRecord {
        self.is_over = true;
        BadRecord::new(line, Error::invalid_argument(message)).last()
    }
}

impl Iterator for JsonValues {
    type Item = Result<(u64, Document), BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let found = match self.skip() {
            Ok(Between::End) => {
                self.is_over = true;
                return None;
            }
            Ok(Between::Document) => {
                let line = self.line;
                self.document().map(|text| (line, text))
            }
            Ok(Between::Unexpected(byte)) => {
                let text = format!("expected a document, found `{}`", byte.escape_ascii());
                let line = self.line;
                return Some(Err(self.failed(line, text)));
            }
            Err(cause) => Err(cause),
        };
        Some(match found {
            Ok((line, Some(text))) => match (self.parse)(&text) {
                Ok(document) => Ok((line, document)),
                Err(error) => Err(BadRecord::new(line, error)),
            },
            Ok((line, None)) => Err(self.failed(line, "the document is not closed".to_owned())),
            Err(cause) => {
                let line = self.line;
                Err(self.failed(line, format!("cannot be read: {cause}")))
            }
        })
    }
}
