//! The server's error codes that this program uses, under the server's own names.

use super::kind::Kind;

pub const HOST_UNREACHABLE: i32 = 6;
pub const HOST_NOT_FOUND: i32 = 7;
pub const USER_NOT_FOUND: i32 = 11;
pub const UNAUTHORIZED: i32 = 13;
pub const AUTHENTICATION_FAILED: i32 = 18;
pub const ALREADY_INITIALIZED: i32 = 23;
pub const NAMESPACE_NOT_FOUND: i32 = 26;
pub const CURSOR_NOT_FOUND: i32 = 43;
pub const NAMESPACE_EXISTS: i32 = 48;
pub const MAX_TIME_MS_EXPIRED: i32 = 50;
pub const STALE_SHARD_VERSION: i32 = 63;
pub const WRITE_CONCERN_FAILED: i32 = 64;
pub const NODE_NOT_FOUND: i32 = 74;
pub const NO_REPLICATION_ENABLED: i32 = 76;
pub const UNKNOWN_REPL_WRITE_CONCERN: i32 = 79;
pub const NETWORK_TIMEOUT: i32 = 89;
pub const SHUTDOWN_IN_PROGRESS: i32 = 91;
pub const UNSATISFIABLE_WRITE_CONCERN: i32 = 100;
pub const DOCUMENT_VALIDATION_FAILURE: i32 = 121;
pub const NOT_A_REPLICA_SET: i32 = 123;
pub const FAILED_TO_SATISFY_READ_PREFERENCE: i32 = 133;
pub const STALE_EPOCH: i32 = 150;
pub const PRIMARY_STEPPED_DOWN: i32 = 189;
pub const NETWORK_INTERFACE_EXCEEDED_TIME_LIMIT: i32 = 202;
/// A server that has just started does not yet have the keys to check cluster times.
pub const KEY_NOT_FOUND: i32 = 211;
pub const RETRY_CHANGE_STREAM: i32 = 234;
pub const CURSOR_KILLED: i32 = 237;
pub const EXCEEDED_TIME_LIMIT: i32 = 262;
pub const CHANGE_STREAM_FATAL_ERROR: i32 = 280;
pub const CHANGE_STREAM_HISTORY_LOST: i32 = 286;
pub const SOCKET_EXCEPTION: i32 = 9001;
pub const LEGACY_NOT_PRIMARY: i32 = 10058;
pub const NOT_WRITABLE_PRIMARY: i32 = 10107;
pub const BSON_OBJECT_TOO_LARGE: i32 = 10334;
pub const DUPLICATE_KEY: i32 = 11000;
pub const DUPLICATE_KEY_IN_UPDATE: i32 = 11001;
pub const INTERRUPTED_AT_SHUTDOWN: i32 = 11600;
pub const INTERRUPTED_DUE_TO_REPL_STATE_CHANGE: i32 = 11602;
pub const DUPLICATE_KEY_IN_CAPPED: i32 = 12582;
pub const STALE_CONFIG: i32 = 13388;
pub const NOT_PRIMARY_NO_SECONDARY_OK: i32 = 13435;
pub const NOT_PRIMARY_OR_SECONDARY: i32 = 13436;
pub const KEY_TOO_LONG: i32 = 17280;
pub const DOCUMENT_TOO_LARGE_AFTER_UPDATE: i32 = 17419;
pub const UPSERT_TOO_LARGE: i32 = 17420;
pub const CHANGE_STREAM_NEEDS_REPLICA_SET: i32 = 40573;
pub const ROLE_EXISTS: i32 = 51002;
pub const USER_EXISTS: i32 = 51003;

/// The codes after which a change stream resumes, for servers before 4.4, which do not label their
/// errors (change streams specification).
pub const RESUMABLE_WITHOUT_LABEL: &[i32] = &[
    HOST_UNREACHABLE,
    HOST_NOT_FOUND,
    STALE_SHARD_VERSION,
    NETWORK_TIMEOUT,
    SHUTDOWN_IN_PROGRESS,
    FAILED_TO_SATISFY_READ_PREFERENCE,
    STALE_EPOCH,
    PRIMARY_STEPPED_DOWN,
    RETRY_CHANGE_STREAM,
    EXCEEDED_TIME_LIMIT,
    SOCKET_EXCEPTION,
    NOT_WRITABLE_PRIMARY,
    INTERRUPTED_AT_SHUTDOWN,
    INTERRUPTED_DUE_TO_REPL_STATE_CHANGE,
    STALE_CONFIG,
    NOT_PRIMARY_NO_SECONDARY_OK,
    NOT_PRIMARY_OR_SECONDARY,
];

/// Returns the error kind for a server error code.
///
/// The Server Discovery and Monitoring specification lists the codes for "not primary".
pub fn kind_of_code(code: i32) -> Kind {
    match code {
        DUPLICATE_KEY | DUPLICATE_KEY_IN_UPDATE | DUPLICATE_KEY_IN_CAPPED => Kind::DuplicateKey,
        WRITE_CONCERN_FAILED => Kind::WriteConcernTimeout,
        UNKNOWN_REPL_WRITE_CONCERN | UNSATISFIABLE_WRITE_CONCERN => Kind::WriteConcern,
        MAX_TIME_MS_EXPIRED
        | NETWORK_TIMEOUT
        | NETWORK_INTERFACE_EXCEEDED_TIME_LIMIT
        | EXCEEDED_TIME_LIMIT => Kind::OperationTimeout,
        HOST_UNREACHABLE | HOST_NOT_FOUND | SOCKET_EXCEPTION => Kind::Network,
        AUTHENTICATION_FAILED | USER_NOT_FOUND => Kind::Authentication,
        UNAUTHORIZED => Kind::Unauthorized,
        NOT_WRITABLE_PRIMARY
        | NOT_PRIMARY_NO_SECONDARY_OK
        | LEGACY_NOT_PRIMARY
        | INTERRUPTED_AT_SHUTDOWN
        | INTERRUPTED_DUE_TO_REPL_STATE_CHANGE
        | NOT_PRIMARY_OR_SECONDARY
        | PRIMARY_STEPPED_DOWN
        | SHUTDOWN_IN_PROGRESS => Kind::NotPrimary,
        CURSOR_NOT_FOUND | CURSOR_KILLED => Kind::CursorNotFound,
        CHANGE_STREAM_HISTORY_LOST | CHANGE_STREAM_FATAL_ERROR => Kind::ChangeStreamHistoryLost,
        CHANGE_STREAM_NEEDS_REPLICA_SET => Kind::ChangeStreamUnsupported,
        DOCUMENT_VALIDATION_FAILURE => Kind::ValidationFailed,
        BSON_OBJECT_TOO_LARGE
        | DOCUMENT_TOO_LARGE_AFTER_UPDATE
        | UPSERT_TOO_LARGE
        | KEY_TOO_LONG => Kind::DocumentTooLarge,
        NAMESPACE_EXISTS => Kind::NamespaceExists,
        NO_REPLICATION_ENABLED | NOT_A_REPLICA_SET => Kind::ReplicaSetRequired,
        _ => Kind::CommandFailed,
    }
}

/// Returns whether the code means a timeout on the server: of the operation, or of a wait inside
/// the cluster.
pub fn is_timeout(code: i32) -> bool {
    kind_of_code(code) == Kind::OperationTimeout
}

/// Returns the server's name for a code, for replies that do not contain it.
pub fn name_of_code(code: i32) -> Option<&'static str> {
    (code == DUPLICATE_KEY).then_some("DuplicateKey")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeout_codes_of_the_server_are_timeouts() {
        for code in [50, 89, 202, 262] {
            assert!(is_timeout(code), "{code}");
        }
        assert!(!is_timeout(DUPLICATE_KEY));
    }
}
