//! The names of options, by the method that takes them.

use crate::api::collection;
use crate::api::database;
use crate::mongo::{self, Concerns};

/// Which argument of a method holds its options, counted from 0, and what they are called.
pub fn options(method: &str) -> Option<(usize, &'static [&'static str])> {
    Some(match method {
        "find" => (1, mongo::FIND_OPTIONS),
        "aggregate" => (1, mongo::AGGREGATE_OPTIONS),
        "create_collection" => (1, database::CREATE_OPTIONS),
        "with_options" => (0, Concerns::OPTIONS),
        "connect" => (0, CONNECT_OPTIONS),
        "retry" => (0, &["attempts", "backoff", "delay_ms", "kinds"]),
        "replica_set" => (0, &["members"]),
        "fail_point" => (
            0,
            &[
                "block_ms",
                "close_connection",
                "commands",
                "error_code",
                "times",
            ],
        ),
        "watch" => (1, WATCH_OPTIONS),
        "start_session" => (
            0,
            &[
                "causal_consistency",
                "max_commit_time_ms",
                "read_concern",
                "read_preference",
                "snapshot",
                "write_concern",
            ],
        ),
        method => return collection::options_of(method),
    })
}

const CONNECT_OPTIONS: &[&str] = &[
    "app_name",
    "auth_source",
    "connect_timeout_ms",
    "direct_connection",
    "heartbeat_frequency_ms",
    "max_connecting",
    "max_idle_time_ms",
    "max_pool_size",
    "min_pool_size",
    "password",
    "read_concern",
    "read_preference",
    "retry_reads",
    "retry_writes",
    "server_selection_timeout_ms",
    "timeout_ms",
    "tls",
    "username",
    "wait_queue_timeout_ms",
    "write_concern",
];

const WATCH_OPTIONS: &[&str] = &[
    "batch_size",
    "full_document",
    "full_document_before_change",
    "max_await_time_ms",
    "resume_after",
    "show_expanded_events",
    "start_after",
    "start_at_operation_time",
];
