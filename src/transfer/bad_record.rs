use crate::error::Error;

/// A record that is not a document: where it is, and why.
#[derive(Clone, Debug)]
pub struct BadRecord {
    /// The line in a text file, or the number of the document in a BSON file. The first is 1.
    pub number: u64,
    pub error: Error,
    /// Whether the records after it can be read.
    pub can_continue: bool,
}

impl BadRecord {
    pub(super) fn new(number: u64, error: Error) -> Self {
        Self {
            number,
            error,
            can_continue: true,
        }
    }

    /// Returns the same for a record after which nothing can be read.
    pub(super) fn last(self) -> Self {
        Self {
            can_continue: false,
            ..self
        }
    }

    /// Returns the error with the place in the file.
    pub fn into_error(self, file: &str) -> Error {
        let number = self.number;
        self.error
            .context(|message| format!("{file}:{number}: {message}"))
    }
}
