use crate::error::{Error, Kind};

/// What is known about an operation after it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was acknowledged.
    Ok,
    /// It was surely not applied.
    Failed,
    /// It may have been applied, or may be applied later.
    Unknown,
}

impl Outcome {
    /// Returns the name that scripts see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Returns what is known about a write that ended with this error.
    ///
    /// `Failed` is returned only if the server did not apply the write in any attempt. The driver
    /// sends a write twice if the network failed or the primary changed, and reports one error.
    pub fn of_write(error: &Error) -> Self {
        match error.kind() {
            Kind::DuplicateKey
            | Kind::PoolWaitTimeout
            | Kind::Authentication
            | Kind::Unauthorized
            | Kind::CursorNotFound
            | Kind::ChangeStreamHistoryLost
            | Kind::ChangeStreamUnsupported
            | Kind::ReplicaSetRequired
            | Kind::ValidationFailed
            | Kind::DocumentTooLarge
            | Kind::NamespaceExists
            | Kind::FileNotFound
            | Kind::FileCorrupt
            | Kind::InvalidId
            | Kind::InvalidArgument
            | Kind::InvalidUri
            | Kind::ClientClosed => Self::Failed,
            // After an attempt that may have reached a server, the error has its cause in the details.
            Kind::ServerSelectionTimeout if error.facts().details.is_none() => Self::Failed,
            Kind::CommandFailed if !may_have_been_applied(error) => Self::Failed,
            Kind::BulkWrite
            | Kind::WriteConcernTimeout
            | Kind::WriteConcern
            | Kind::ServerSelectionTimeout
            | Kind::OperationTimeout
            | Kind::Network
            | Kind::PoolCleared
            | Kind::NotPrimary
            | Kind::CommandFailed
            | Kind::AssertionFailed
            | Kind::Server => Self::Unknown,
        }
    }
}

fn may_have_been_applied(error: &Error) -> bool {
    error.is_timeout()
        || error.facts().labels.iter().any(|label| {
            label == "RetryableWriteError" || label == "UnknownTransactionCommitResult"
        })
}
