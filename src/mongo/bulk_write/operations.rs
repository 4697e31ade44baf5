use std::ops::Range;

use bson::Document;

use crate::error::{Error, Result};

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    Insert,
    UpdateOne,
    UpdateMany,
    DeleteOne,
    DeleteMany,
}

impl WriteKind {
    /// All kinds, in the order in which an unordered bulk write sends them.
    pub const ALL: [Self; 5] = [
        Self::Insert,
        Self::UpdateOne,
        Self::UpdateMany,
        Self::DeleteOne,
        Self::DeleteMany,
    ];

    /// Returns the name of its command.
    pub fn command(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::UpdateOne | Self::UpdateMany => "update",
            Self::DeleteOne | Self::DeleteMany => "delete",
        }
    }

    /// Returns the command's field for the operations.
    pub fn list(self) -> &'static str {
        match self {
            Self::Insert => "documents",
            Self::UpdateOne | Self::UpdateMany => "updates",
            Self::DeleteOne | Self::DeleteMany => "deletes",
        }
    }

    /// Returns whether it can change several documents, and so cannot be retried (retryable writes
    /// specification).
    pub fn is_many(self) -> bool {
        matches!(self, Self::UpdateMany | Self::DeleteMany)
    }
}

/// The encoded operations, one after the other in one buffer.
#[derive(Clone, Debug, Default)]
pub struct BulkOperations {
    bytes: Vec<u8>,
    entries: Vec<(WriteKind, Range<usize>)>,
}

impl BulkOperations {
    pub fn with_capacity(count: usize) -> Self {
        Self {
            bytes: Vec::new(),
            entries: Vec::with_capacity(count),
        }
    }

    /// Returns the buffer, to append the next operation's BSON document before
    /// [`push`](Self::push).
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Adds the bytes appended since the last call as the next operation.
    pub fn push(&mut self, kind: WriteKind) {
        let start = self.entries.last().map_or(0, |(_, range)| range.end);
        self.entries.push((kind, start..self.bytes.len()));
    }

    /// Returns the operations that contain expressions for the server: updates and deletes, but not
    /// inserts.
    pub fn evaluated(&self) -> Result<Vec<Document>> {
        let evaluated = self
            .entries
            .iter()
            .filter(|(kind, _)| *kind != WriteKind::Insert);
        let read = |range: &Range<usize>| {
            Document::from_reader(&self.bytes[range.clone()]).map_err(|cause| {
                Error::invalid_argument(format!("an operation is not BSON: {cause}"))
            })
        };
        evaluated.map(|(_, range)| read(range)).collect()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn kind(&self, index: usize) -> WriteKind {
        self.entries[index].0
    }

    /// Returns the operation's BSON.
    pub fn bytes(&self, index: usize) -> &[u8] {
        &self.bytes[self.entries[index].1.clone()]
    }
}
