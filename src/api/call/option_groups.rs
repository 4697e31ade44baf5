//! The options of script functions. An option or a group that several functions take is one value
//! here.

use super::option_spec::OptionSpec;
use super::value_type::ValueType as T;
use super::value_type::ValueType;
use crate::mongo::{CLIENT_OPTIONS, OptionType};

const FROM_CLIENT: &str = "the client's";
const UNLIMITED: &str = "no limit";
const OFF: &str = "false";
const ON: &str = "true";

/// Returns an option without a default.
const fn option(name: &'static str, value_type: ValueType) -> OptionSpec {
    with_default(name, value_type, "")
}

const fn with_default(
    name: &'static str,
    value_type: ValueType,
    default: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        value_type,
        default,
    }
}

const ALLOW_DISK_USE: OptionSpec = with_default("allow_disk_use", T::Boolean, "the server's");
const ARRAY_FILTERS: OptionSpec = option("array_filters", T::Documents);
const BATCH_SIZE: OptionSpec = with_default("batch_size", T::Count, "2000 in a loop");
const BYPASS: OptionSpec = with_default("bypass_document_validation", T::Boolean, OFF);
const COLLATION: OptionSpec = with_default("collation", T::Collation, "the collection's");
const COMMENT: OptionSpec = option("comment", T::Any);
const EXPIRE_AFTER: OptionSpec = option("expire_after_seconds", T::Number);
const HINT: OptionSpec = option("hint", T::StringOrDocument);
const LET: OptionSpec = option("let", T::Document);
const MAX_AWAIT_TIME_MS: OptionSpec = with_default("max_await_time_ms", T::Milliseconds, "1000");
const MAX_COMMIT_TIME_MS: OptionSpec =
    with_default("max_commit_time_ms", T::Milliseconds, UNLIMITED);
const MAX_TIME_MS: OptionSpec = with_default("max_time_ms", T::Milliseconds, UNLIMITED);
const ORDERED: OptionSpec = with_default("ordered", T::Boolean, ON);
const PROJECTION: OptionSpec = with_default("projection", T::Fields, "all fields");
const READ_CONCERN: OptionSpec = with_default("read_concern", T::StringOrDocument, FROM_CLIENT);
const READ_PREFERENCE: OptionSpec =
    with_default("read_preference", T::StringOrDocument, FROM_CLIENT);
const RETURN_DOCUMENT: OptionSpec = with_default(
    "return_document",
    T::OneOf(&["before", "after"]),
    "\"before\"",
);
const SESSION: OptionSpec = option("session", T::Session);
const SKIP: OptionSpec = with_default("skip", T::Count, "0");
const SORT: OptionSpec = option("sort", T::Document);
const STORAGE_ENGINE: OptionSpec = option("storage_engine", T::Document);
const UPSERT: OptionSpec = with_default("upsert", T::Boolean, OFF);
const VALIDATION_ACTION: OptionSpec = with_default("validation_action", T::String, "\"error\"");
const VALIDATION_LEVEL: OptionSpec = with_default("validation_level", T::String, "\"strict\"");
const WRITE_CONCERN: OptionSpec = with_default("write_concern", T::WriteConcern, FROM_CLIENT);

/// For each function that can run in a session.
const IN_SESSION: &[OptionSpec] = &[SESSION];
/// How documents are found.
const SELECTING: &[OptionSpec] = &[COLLATION, HINT];
/// For each function that reads.
const READING: &[OptionSpec] = &[COMMENT, MAX_TIME_MS, READ_CONCERN, READ_PREFERENCE];
/// For each function that writes.
const WRITING: &[OptionSpec] = &[COMMENT, WRITE_CONCERN];
/// For each function that updates or replaces documents.
const REPLACING: &[OptionSpec] = &[BYPASS, LET, UPSERT];
/// For `find` and `find_one`.
const FINDING: &[OptionSpec] = &[
    with_default("allow_partial_results", T::Boolean, OFF),
    LET,
    option("max", T::Document),
    option("min", T::Document),
    PROJECTION,
    with_default("return_key", T::Boolean, OFF),
    with_default("show_record_id", T::Boolean, OFF),
    SKIP,
    SORT,
];
/// For the functions that find and change a document in one atomic step.
const MODIFYING: &[OptionSpec] = &[MAX_TIME_MS, PROJECTION, SORT];
/// The concerns of a client, a collection or a transaction.
const CONCERNS: &[OptionSpec] = &[READ_CONCERN, READ_PREFERENCE, WRITE_CONCERN];
const TRANSACTION: &[OptionSpec] = &[MAX_COMMIT_TIME_MS];

/// The fields of an index, without its keys.
pub const INDEX: ValueType = T::Options(&[INDEX_FIELDS]);
const INDEX_FIELDS: &[OptionSpec] = &[
    with_default("bits", T::Integer, "26"),
    option("bucket_size", T::Number),
    COLLATION,
    with_default("default_language", T::String, "\"english\""),
    EXPIRE_AFTER,
    with_default("hidden", T::Boolean, OFF),
    with_default("language_override", T::String, "\"language\""),
    with_default("max", T::Number, "180"),
    with_default("min", T::Number, "-180"),
    with_default("name", T::String, "made of the keys"),
    option("partial_filter_expression", T::Document),
    with_default("sparse", T::Boolean, OFF),
    STORAGE_ENGINE,
    option("text_index_version", T::Integer),
    with_default("unique", T::Boolean, OFF),
    option("weights", T::Document),
    option("wildcard_projection", T::Document),
];

const FIND_ALL: &[OptionSpec] = &[
    ALLOW_DISK_USE,
    BATCH_SIZE,
    with_default(
        "cursor_type",
        T::OneOf(&["non_tailable", "tailable", "tailable_await"]),
        "\"non_tailable\"",
    ),
    with_default("limit", T::Integer, "0, which means all"),
    MAX_AWAIT_TIME_MS,
    with_default("no_cursor_timeout", T::Boolean, OFF),
];

const COLLECTION: &[OptionSpec] = &[
    with_default("capped", T::Boolean, OFF),
    option("change_stream_pre_and_post_images", T::Document),
    option("clustered_index", T::Document),
    with_default("collation", T::Collation, "compare bytes"),
    EXPIRE_AFTER,
    option("index_option_defaults", T::Document),
    option("max", T::Number),
    option("pipeline", T::Pipeline),
    option("size", T::Number),
    STORAGE_ENGINE,
    option("timeseries", T::Document),
    VALIDATION_ACTION,
    VALIDATION_LEVEL,
    option("validator", T::Document),
    option("view_on", T::String),
];

const CHANGES: &[OptionSpec] = &[
    BATCH_SIZE,
    COLLATION,
    COMMENT,
    option("full_document", T::String),
    option("full_document_before_change", T::String),
    MAX_AWAIT_TIME_MS,
    READ_CONCERN,
    READ_PREFERENCE,
    option("resume_after", T::Document),
    with_default("show_expanded_events", T::Boolean, OFF),
    option("start_after", T::Document),
    option("start_at_operation_time", T::Value("Timestamp")),
];

/// The options of a connection string, with their names in scripts.
const CLIENT: &[OptionSpec] = &{
    let mut options = [COMMENT; CLIENT_OPTIONS.len()];
    let mut at = 0;
    while at < options.len() {
        let (name, _, takes, default) = CLIENT_OPTIONS[at];
        let value_type = match takes {
            OptionType::Text => T::String,
            OptionType::Acknowledgment => T::StringOrInteger,
            OptionType::ReadPreference => T::StringOrDocument,
            OptionType::Count => T::Count,
            OptionType::Milliseconds => T::Milliseconds,
            OptionType::Flag => T::Boolean,
        };
        options[at] = with_default(name, value_type, default);
        at += 1;
    }
    options
};

/// The options of each function, for the tables.
impl ValueType {
    pub const AGGREGATE: Self = Self::Options(&[
        &[ALLOW_DISK_USE, BATCH_SIZE, BYPASS, LET, WRITE_CONCERN],
        SELECTING,
        READING,
        IN_SESSION,
    ]);
    /// The options of a GridFS bucket.
    pub const BUCKET: Self = Self::Options(&[
        &[
            with_default("bucket_name", Self::String, "\"fs\""),
            with_default("chunk_size_bytes", Self::Count, "261120"),
        ],
        CONCERNS,
    ]);
    pub const BULK_WRITE: Self = Self::Options(&[&[BYPASS, LET, ORDERED], WRITING, IN_SESSION]);
    pub const CHECK_HISTORY: Self = Self::Options(&[&[with_default("within", Self::Seconds, "5")]]);
    pub const CONNECT: Self = Self::Options(&[
        &[
            option("username", Self::String),
            option("password", Self::String),
            option("read_concern", Self::StringOrDocument),
            option("write_concern", Self::WriteConcern),
        ],
        CLIENT,
    ]);
    pub const COUNT_DOCUMENTS: Self = Self::Options(&[
        &[with_default("limit", Self::Count, "all"), SKIP],
        SELECTING,
        READING,
        IN_SESSION,
    ]);
    pub const CREATE_COLLECTION: Self = Self::Options(&[COLLECTION, WRITING, IN_SESSION]);
    pub const CREATE_VIEW: Self = Self::Options(&[&[COLLATION, COMMENT]]);
    pub const CREATE_INDEX: Self =
        Self::Options(&[INDEX_FIELDS, &[MAX_TIME_MS], WRITING, IN_SESSION]);
    pub const CREATE_INDEXES: Self = Self::Options(&[&[MAX_TIME_MS], WRITING, IN_SESSION]);
    pub const DELETE: Self = Self::Options(&[&[LET], SELECTING, WRITING, IN_SESSION]);
    pub const DISTINCT: Self = Self::Options(&[SELECTING, READING, IN_SESSION]);
    pub const ESTIMATED_DOCUMENT_COUNT: Self = Self::Options(&[READING, IN_SESSION]);
    pub const FAIL_POINT: Self = Self::Options(&[&[
        option("commands", Self::StringOrStrings),
        with_default("times", Self::Count, "until `off()`"),
        option("error_code", Self::Integer),
        with_default("close_connection", Self::Boolean, OFF),
        with_default("block_ms", Self::Milliseconds, "0"),
        with_default("error_labels", Self::Strings, "the server's"),
        option("write_concern_error", Self::Document),
    ]]);
    /// A fault on the network of a set.
    pub const FAULT: Self = Self::Options(&[&[with_default(
        "for_ms",
        Self::Milliseconds,
        "until it is cleared",
    )]]);
    pub const FIND: Self = Self::Options(&[FIND_ALL, FINDING, SELECTING, READING, IN_SESSION]);
    pub const FIND_AND_DELETE: Self =
        Self::Options(&[&[LET], MODIFYING, SELECTING, WRITING, IN_SESSION]);
    pub const FIND_AND_REPLACE: Self = Self::Options(&[
        &[RETURN_DOCUMENT],
        MODIFYING,
        REPLACING,
        SELECTING,
        WRITING,
        IN_SESSION,
    ]);
    pub const FIND_AND_UPDATE: Self = Self::Options(&[
        &[ARRAY_FILTERS, RETURN_DOCUMENT],
        MODIFYING,
        REPLACING,
        SELECTING,
        WRITING,
        IN_SESSION,
    ]);
    pub const FIND_ONE: Self = Self::Options(&[FINDING, SELECTING, READING, IN_SESSION]);
    /// The kinds of checks of a History.
    pub const HISTORY_CHECK: Self = Self::OneOf(&["register", "set", "stream"]);
    pub const INSERT_MANY: Self = Self::Options(&[&[BYPASS, ORDERED], WRITING, IN_SESSION]);
    pub const INSERT_ONE: Self = Self::Options(&[&[BYPASS], WRITING, IN_SESSION]);
    /// An end of a link.
    pub const LINK_END: Self = Self::ValueOf(&["Member", "string"]);
    pub const MEMBER: Self = Self::Value("Member");
    pub const ONLY_SESSION: Self = Self::Options(&[IN_SESSION]);
    /// The options of a collection that can be changed.
    pub const MODIFY_COLLECTION: Self = Self::Options(&[
        &[
            option("capped_max", Self::Count),
            option("capped_size", Self::Count),
            option("change_stream_pre_and_post_images", Self::Document),
            EXPIRE_AFTER,
            option("index", Self::Document),
            option("pipeline", Self::Pipeline),
            option("timeseries", Self::Document),
            VALIDATION_ACTION,
            VALIDATION_LEVEL,
            option("validator", Self::Document),
            option("view_on", Self::String),
        ],
        WRITING,
        IN_SESSION,
    ]);
    /// The description of a plot.
    pub const PLOT: Self = Self::Options(&[&[
        option("title", Self::String),
        option("x", Self::String),
        option("y", Self::String),
        option("unit", Self::String),
        option("lines", Self::ArrayOrDocument),
        option("steps", Self::ArrayOrDocument),
        option("points", Self::ArrayOrDocument),
        option("bars", Self::Document),
        option("bands", Self::Documents),
        option("limits", Self::Document),
        with_default("x_log", Self::Boolean, OFF),
        with_default("y_log", Self::Boolean, OFF),
    ]]);
    pub const RECORD: Self = Self::Options(&[&[with_default("keep_going", Self::Boolean, OFF)]]);
    pub const REPLACE: Self = Self::Options(&[REPLACING, SELECTING, WRITING, IN_SESSION]);
    pub const REPLICA_SET: Self = Self::Options(&[&[
        with_default("members", Self::IntegerOrDocuments, "3"),
        with_default("network", Self::Boolean, OFF),
        with_default("tcp", Self::Boolean, OFF),
    ]]);
    pub const RETRY: Self = Self::Options(&[&[
        with_default("attempts", Self::Count, "5"),
        with_default("delay_ms", Self::Milliseconds, "50"),
        with_default("backoff", Self::Number, "2.0"),
        with_default(
            "kinds",
            Self::Strings,
            "those that `is_retryable` or `is_network`",
        ),
    ]]);
    pub const START_SESSION: Self = Self::Options(&[
        &[
            with_default("causal_consistency", Self::Boolean, ON),
            with_default("snapshot", Self::Boolean, OFF),
        ],
        TRANSACTION,
        CONCERNS,
    ]);
    /// The target of `connect`.
    pub const TARGET: Self = Self::ValueOf(&["string", "ReplicaSet"]);
    pub const TRANSACTION: Self = Self::Options(&[TRANSACTION, CONCERNS]);
    pub const UPDATE: Self =
        Self::Options(&[&[ARRAY_FILTERS], REPLACING, SELECTING, WRITING, IN_SESSION]);
    /// The content of a stored file.
    pub const CONTENT: Self = Self::ValueOf(&["string", "blob", "Binary"]);
    pub const UPLOAD: Self = Self::Options(&[&[
        with_default("chunk_size_bytes", Self::Count, "the bucket's"),
        with_default("id", Self::Any, "a new ObjectId"),
        option("metadata", Self::Document),
    ]]);
    pub const UPDATE_USER: Self = Self::Options(&[&[
        option("custom_data", Self::Document),
        option("password", Self::String),
        option("roles", Self::Array),
    ]]);
    pub const VALIDATE: Self = Self::Options(&[&[with_default("full", Self::Boolean, OFF)]]);
    pub const WATCH: Self = Self::Options(&[CHANGES, IN_SESSION]);
    pub const WITH_OPTIONS: Self = Self::Options(&[CONCERNS]);
}
