use std::io::Write;

use bson::Document;

use super::operations::{BulkOperations, WriteKind};
use crate::error::{Error, Result};
use crate::mongo::client::server_limits::ServerLimits;
use crate::mongo::elements::kind;

/// The operations of one command, as positions in the caller's array.
#[derive(Clone, Debug)]
pub(super) struct WriteBatch {
    kind: WriteKind,
    pub indexes: Vec<usize>,
    /// Whether all of them change at most one document.
    pub is_retryable: bool,
    size: usize,
}

impl WriteBatch {
    fn new(kind: WriteKind, header: usize) -> Self {
        Self {
            kind,
            indexes: Vec::new(),
            is_retryable: true,
            size: header,
        }
    }

    /// Returns the command: `header` followed by the operations.
    pub(super) fn command(
        &self,
        header: &Document,
        operations: &BulkOperations,
    ) -> Result<Vec<u8>> {
        let header = bson::serialize_to_vec(header).map_err(|error| {
            Error::invalid_argument(format!("the options are not BSON: {error}"))
        })?;
        let mut bytes = Vec::with_capacity(self.size + header.len() + 16);
        bytes.extend_from_slice(&header[..header.len() - 1]);
        bytes.push(kind::ARRAY);
        bytes.extend_from_slice(self.kind.list().as_bytes());
        bytes.push(0);
        let array = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
        for (place, index) in self.indexes.iter().enumerate() {
            bytes.push(kind::DOCUMENT);
            // Writing into memory cannot fail.
            let _ = write!(bytes, "{place}\0");
            bytes.extend_from_slice(operations.bytes(*index));
        }
        bytes.push(0);
        close(&mut bytes, array)?;
        bytes.push(0);
        close(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// Returns the name of the command.
    pub(super) fn name(&self) -> &'static str {
        self.kind.command()
    }

    fn has_room(&self, size: usize, limits: &ServerLimits) -> bool {
        self.indexes.len() < limits.max_write_batch_size
            && self.size + size <= limits.max_document_size
    }
}

/// Writes the length of the document that begins at `start`.
fn close(bytes: &mut [u8], start: usize) -> Result<()> {
    let length = i32::try_from(bytes.len() - start)
        .map_err(|_| Error::invalid_argument("a command is larger than 2 GiB"))?;
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Splits the operations into commands. Ordered: consecutive operations of one kind; unordered: all
/// operations of one kind.
///
/// The driver sends a command as one document, so the limit is the maximum size of a document, not
/// the 48 MB of a message.
pub(super) fn split(
    operations: &BulkOperations,
    ordered: bool,
    header: usize,
    limits: &ServerLimits,
) -> Vec<WriteBatch> {
    let mut done = Vec::new();
    if ordered {
        let same = |left: WriteKind, right: WriteKind| left.command() == right.command();
        fill(
            &mut done,
            operations,
            0..operations.len(),
            same,
            header,
            limits,
        );
        return done;
    }
    for kind in WriteKind::ALL {
        let places = (0..operations.len()).filter(|index| operations.kind(*index) == kind);
        fill(&mut done, operations, places, |_, _| true, header, limits);
    }
    done
}

fn fill(
    done: &mut Vec<WriteBatch>,
    operations: &BulkOperations,
    places: impl Iterator<Item = usize>,
    same: impl Fn(WriteKind, WriteKind) -> bool,
    header: usize,
    limits: &ServerLimits,
) {
    let mut open: Option<WriteBatch> = None;
    for index in places {
        let kind = operations.kind(index);
        // Each operation is preceded by a type, a number of up to seven digits and a zero.
        let size = operations.bytes(index).len() + 9;
        let fits = |batch: &WriteBatch| same(batch.kind, kind) && batch.has_room(size, limits);
        if let Some(full) = open.take_if(|batch| !fits(batch)) {
            done.push(full);
        }
        let batch = open.get_or_insert_with(|| WriteBatch::new(kind, header));
        batch.indexes.push(index);
        batch.size += size;
        batch.is_retryable &= !kind.is_many();
    }
    done.extend(open);
}
