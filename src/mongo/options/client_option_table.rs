//! The options of a client: names, types and defaults.

/// The default pool size, as in the driver specifications and other drivers. (The Rust driver's
/// default is 10.)
pub(crate) const DEFAULT_MAX_POOL_SIZE: u32 = 100;

/// The type of an option.
#[derive(Clone, Copy, PartialEq)]
pub enum OptionType {
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
pub const CLIENT_OPTIONS: &[(&str, &str, OptionType, &str)] = &[
    ("app_name", "appName", OptionType::Text, ""),
    ("auth_mechanism", "authMechanism", OptionType::Text, ""),
    ("auth_mechanism_properties", "authMechanismProperties", OptionType::Text, ""),
    ("auth_source", "authSource", OptionType::Text, "\"admin\""),
    ("compressors", "compressors", OptionType::Text, ""),
    ("connect_timeout_ms", "connectTimeoutMS", OptionType::Milliseconds, "10000"),
    ("direct_connection", "directConnection", OptionType::Flag, "false"),
    ("heartbeat_frequency_ms", "heartbeatFrequencyMS", OptionType::Milliseconds, "10000"),
    ("journal", "journal", OptionType::Flag, ""),
    ("load_balanced", "loadBalanced", OptionType::Flag, "false"),
    ("local_threshold_ms", "localThresholdMS", OptionType::Milliseconds, "15"),
    ("max_connecting", "maxConnecting", OptionType::Count, "2"),
    ("max_idle_time_ms", "maxIdleTimeMS", OptionType::Milliseconds, "no limit"),
    ("max_pool_size", "maxPoolSize", OptionType::Count, "100"),
    ("max_staleness_seconds", "maxStalenessSeconds", OptionType::Count, ""),
    ("min_pool_size", "minPoolSize", OptionType::Count, "0"),
    ("read_concern_level", "readConcernLevel", OptionType::Text, ""),
    ("read_preference", "readPreference", OptionType::ReadPreference, "\"primary\""),
    ("read_preference_tags", "readPreferenceTags", OptionType::Text, ""),
    ("replica_set", "replicaSet", OptionType::Text, ""),
    ("retry_reads", "retryReads", OptionType::Flag, "true"),
    ("retry_writes", "retryWrites", OptionType::Flag, "true"),
    ("server_monitoring_mode", "serverMonitoringMode", OptionType::Text, ""),
    ("server_selection_timeout_ms", "serverSelectionTimeoutMS", OptionType::Milliseconds, "30000"),
    ("srv_max_hosts", "srvMaxHosts", OptionType::Count, ""),
    ("srv_service_name", "srvServiceName", OptionType::Text, "\"mongodb\""),
    ("ssl", "ssl", OptionType::Flag, "false"),
    ("timeout_ms", "timeoutMS", OptionType::Milliseconds, "no limit"),
    ("tls", "tls", OptionType::Flag, "false"),
    ("tls_allow_invalid_certificates", "tlsAllowInvalidCertificates", OptionType::Flag, "false"),
    ("tls_ca_file", "tlsCAFile", OptionType::Text, ""),
    ("tls_certificate_key_file", "tlsCertificateKeyFile", OptionType::Text, ""),
    ("tls_certificate_key_file_password", "tlsCertificateKeyFilePassword", OptionType::Text, ""),
    ("tls_insecure", "tlsInsecure", OptionType::Flag, "false"),
    ("uuid_representation", "uuidRepresentation", OptionType::Text, ""),
    ("w", "w", OptionType::Acknowledgment, ""),
    ("wait_queue_timeout_ms", "waitQueueTimeoutMS", OptionType::Milliseconds, "no limit"),
    ("wtimeout_ms", "wtimeoutMS", OptionType::Milliseconds, ""),
    ("zlib_compression_level", "zlibCompressionLevel", OptionType::Count, ""),
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
