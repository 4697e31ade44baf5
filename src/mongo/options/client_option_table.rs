//! The options of a client: names, types and defaults.

/// The default pool size, as in the driver specifications and other drivers. (The Rust driver's
/// default is 10.)
pub const DEFAULT_MAX_POOL_SIZE: u32 = 100;

/// The type of an option.
#[derive(Clone, Copy, PartialEq)]
pub enum Takes {
    Text,
    /// The `w` of a write concern: a text or a number.
    Acknowledgment,
    /// A mode, or in scripts also a Document.
    ReadPreference,
    Count,
    Milliseconds,
    Flag,
}

/// All options: the name in scripts, the name in connection strings (URI options specification),
/// the type, and the default as text.
#[rustfmt::skip]
pub const CLIENT_OPTIONS: &[(&str, &str, Takes, &str)] = &[
    ("app_name", "appName", Takes::Text, ""),
    ("auth_mechanism", "authMechanism", Takes::Text, ""),
    ("auth_mechanism_properties", "authMechanismProperties", Takes::Text, ""),
    ("auth_source", "authSource", Takes::Text, "\"admin\""),
    ("compressors", "compressors", Takes::Text, ""),
    ("connect_timeout_ms", "connectTimeoutMS", Takes::Milliseconds, "10000"),
    ("direct_connection", "directConnection", Takes::Flag, "false"),
    ("heartbeat_frequency_ms", "heartbeatFrequencyMS", Takes::Milliseconds, "10000"),
    ("journal", "journal", Takes::Flag, ""),
    ("load_balanced", "loadBalanced", Takes::Flag, "false"),
    ("local_threshold_ms", "localThresholdMS", Takes::Milliseconds, "15"),
    ("max_connecting", "maxConnecting", Takes::Count, "2"),
    ("max_idle_time_ms", "maxIdleTimeMS", Takes::Milliseconds, "no limit"),
    ("max_pool_size", "maxPoolSize", Takes::Count, "100"),
    ("max_staleness_seconds", "maxStalenessSeconds", Takes::Count, ""),
    ("min_pool_size", "minPoolSize", Takes::Count, "0"),
    ("read_concern_level", "readConcernLevel", Takes::Text, ""),
    ("read_preference", "readPreference", Takes::ReadPreference, "\"primary\""),
    ("read_preference_tags", "readPreferenceTags", Takes::Text, ""),
    ("replica_set", "replicaSet", Takes::Text, ""),
    ("retry_reads", "retryReads", Takes::Flag, "true"),
    ("retry_writes", "retryWrites", Takes::Flag, "true"),
    ("server_monitoring_mode", "serverMonitoringMode", Takes::Text, ""),
    ("server_selection_timeout_ms", "serverSelectionTimeoutMS", Takes::Milliseconds, "30000"),
    ("srv_max_hosts", "srvMaxHosts", Takes::Count, ""),
    ("srv_service_name", "srvServiceName", Takes::Text, "\"mongodb\""),
    ("ssl", "ssl", Takes::Flag, "false"),
    ("timeout_ms", "timeoutMS", Takes::Milliseconds, "no limit"),
    ("tls", "tls", Takes::Flag, "false"),
    ("tls_allow_invalid_certificates", "tlsAllowInvalidCertificates", Takes::Flag, "false"),
    ("tls_ca_file", "tlsCAFile", Takes::Text, ""),
    ("tls_certificate_key_file", "tlsCertificateKeyFile", Takes::Text, ""),
    ("tls_certificate_key_file_password", "tlsCertificateKeyFilePassword", Takes::Text, ""),
    ("tls_insecure", "tlsInsecure", Takes::Flag, "false"),
    ("uuid_representation", "uuidRepresentation", Takes::Text, ""),
    ("w", "w", Takes::Acknowledgment, ""),
    ("wait_queue_timeout_ms", "waitQueueTimeoutMS", Takes::Milliseconds, "no limit"),
    ("wtimeout_ms", "wtimeoutMS", Takes::Milliseconds, ""),
    ("zlib_compression_level", "zlibCompressionLevel", Takes::Count, ""),
];

/// Options that have their own type in scripts.
pub(super) const STRUCTURED: &[&str] = &[
    "username",
    "password",
    "write_concern",
    "read_concern",
    "read_preference",
];

/// Returns the names of all options.
pub(super) fn client_option_names() -> Vec<&'static str> {
    let named = CLIENT_OPTIONS.iter().map(|(name, ..)| *name);
    let mut names: Vec<&str> = named.chain(STRUCTURED.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
