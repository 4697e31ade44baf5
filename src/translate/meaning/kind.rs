/// What an expression is known to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Unknown,
    Client,
    Database,
    Collection,
    Cursor,
    ChangeStream,
    Session,
    /// A GridFS bucket.
    Bucket,
    /// A file of GridFS that is read in parts.
    StoredFile,
    /// The result of a write.
    Result,
    /// A caught error.
    Error,
    /// A document, or nothing.
    Document,
    List,
    Text,
    Number,
    Boolean,
    ObjectId,
    Date,
    Function,
}

impl Kind {
    /// Returns the kind of a variable that has values of both kinds.
    pub(super) fn join(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }
}
