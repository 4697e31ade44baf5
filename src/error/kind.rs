use std::fmt;

/// Declares the error kinds: this table generates the enum, the names, the list and the
/// descriptions.
macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $name:ident, )+) => {
        /// The kind of an error. Scripts see it as `err.kind` and `errors::NAME`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $( $(#[doc = $doc])+ $name, )+ }

        impl Kind {
            /// All kinds, in the order of the documentation.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )+ ];

            /// Returns the name that scripts compare with, for example `DuplicateKey`.
            pub fn name(self) -> &'static str {
                match self { $( Self::$name => stringify!($name), )+ }
            }

            /// Returns one sentence about when it is thrown, for `docs/reference/errors.md`.
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$name => concat!($($doc),+), )+ }
            }
        }
    };
}

kinds! {
    /// A document has a value in a unique index that another document already has (code 11000).
    DuplicateKey,
    /// Writes of an `insert_many` or a `bulk_write` failed for several reasons; `write_errors` lists
    /// them. If all failed for one reason, the error has the kind of that reason.
    BulkWrite,
    /// The write happened, but its write concern was not met within `wtimeout` (code 64).
    WriteConcernTimeout,
    /// The write happened, but its write concern could not be met.
    WriteConcern,
    /// No suitable server was found within `server_selection_timeout_ms`.
    ServerSelectionTimeout,
    /// No connection of the pool became free within `wait_queue_timeout_ms`.
    PoolWaitTimeout,
    /// The operation's deadline (`timeout_ms` or `max_time_ms`) ran out.
    OperationTimeout,
    /// A connection could not be opened, or was lost while it was in use.
    Network,
    /// The pool was cleared, because another operation lost its connection to the server.
    PoolCleared,
    /// The server did not accept the user name and password.
    Authentication,
    /// The user does not have the privileges for this (code 13).
    Unauthorized,
    /// The server is not the primary, or no longer the primary.
    NotPrimary,
    /// The server no longer has the cursor: it timed out, or the server restarted (code 43).
    CursorNotFound,
    /// The change stream cannot resume: the oplog no longer reaches back to its token (code 286).
    ChangeStreamHistoryLost,
    /// The server does not support change streams: it is not part of a replica set.
    ChangeStreamUnsupported,
    /// The server cannot do this alone (transactions, snapshots, `w` above 1): it is not part of a
    /// replica set.
    ReplicaSetRequired,
    /// A document does not pass the collection's validator (code 121).
    ValidationFailed,
    /// A document is larger than the server accepts (16 MiB).
    DocumentTooLarge,
    /// A collection or view with this name already exists (code 48).
    NamespaceExists,
    /// A bucket has no file with this `_id`, or with this name and revision.
    FileNotFound,
    /// A stored file is damaged: chunks are missing or have the wrong size.
    FileCorrupt,
    /// The server refused a command for another reason; `code` and `code_name` say which.
    CommandFailed,
    /// The text is not an ObjectId (24 hexadecimal digits) or not a UUID.
    InvalidId,
    /// An argument or option has the wrong type, name or value; nothing was sent.
    InvalidArgument,
    /// The connection string cannot be read.
    InvalidUri,
    /// The client was closed before the call.
    ClientClosed,
    /// An `assert` of the script failed.
    AssertionFailed,
    /// Starting or controlling a local server failed.
    Server,
}

impl Kind {
    /// Returns the kind with exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Returns whether this is a timeout, on the server or in the client.
    pub fn is_timeout(self) -> bool {
        matches!(
            self,
            Self::WriteConcernTimeout
                | Self::ServerSelectionTimeout
                | Self::PoolWaitTimeout
                | Self::OperationTimeout
        )
    }

    /// Returns whether the connection to the server failed, and not the command.
    pub fn is_network(self) -> bool {
        matches!(self, Self::Network | Self::PoolCleared)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
