use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document};
use mongodb::options::{AuthMechanism, ClientOptions, Credential, Tls};

use super::call_options::{Options, ill_typed, unknown_option, whole_number};
use super::concerns;
use super::connection_string::ConnectionString;
use crate::error::nearest;
use crate::error::{Error, Kind, Result};
use crate::mongo::bridge::Bridge;

/// The pool's size where nobody says otherwise: what the driver specifications and all other drivers use.
/// (The Rust driver's own default is 10.)
pub const DEFAULT_MAX_POOL_SIZE: u32 = 100;

/// What an option takes.
#[derive(Clone, Copy, PartialEq)]
pub enum Takes {
    Text,
    /// A write concern's `w`: a text or a number.
    Acknowledgment,
    /// A mode; in scripts also a Document.
    ReadPreference,
    Count,
    Milliseconds,
    Flag,
}

/// Every option by its two names, in scripts and in connection strings (URI options specification), and its default in words.
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

/// Options that scripts write as values of their own rather than as one text.
const STRUCTURED: &[&str] = &[
    "username",
    "password",
    "write_concern",
    "read_concern",
    "read_preference",
];

/// The options of a connection string and those that are values of their own.
fn client_option_names() -> Vec<&'static str> {
    let named = CLIENT_OPTIONS.iter().map(|(name, ..)| *name);
    let mut names: Vec<&str> = named.chain(STRUCTURED.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a client is opened with, understood: the driver's options, and the deadlines the driver does not have.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    pub(in crate::mongo) driver: ClientOptions,
    /// A deadline on every operation.
    pub timeout: Option<Duration>,
    /// How long an operation may wait for a connection.
    pub wait_queue_timeout: Option<Duration>,
}

impl ClientSettings {
    /// Understands a connection string and the options given beside it, which win.
    ///
    /// # Errors
    /// `InvalidUri` for what is wrong in the text, `InvalidArgument` for what is wrong in `options`.
    pub async fn parse(uri: &ConnectionString, options: Document) -> Result<Self> {
        check_percent_signs(uri)?;
        let (base, text) = uri.split_options();
        let mut values = uri_values(text)?;
        let mut structured = structured_values(options, &mut values)?;
        let timeout = take_ms(&mut values, "timeoutms");
        let wait_queue_timeout = take_ms(&mut values, "waitqueuetimeoutms");
        let base = if base
            .rsplit_once("://")
            .is_some_and(|(_, rest)| !rest.contains('/'))
        {
            format!("{base}/")
        } else {
            base.to_owned()
        };
        let query: Vec<String> = values.into_values().flatten().collect();
        let mut driver = ClientOptions::parse(format!("{base}?{}", query.join("&")))
            .await
            .map_err(|error| unreadable(uri, &error))?;
        apply_credential(&mut driver, &mut structured)?;
        apply_concerns(&mut driver, &mut structured)?;
        driver.max_pool_size.get_or_insert(DEFAULT_MAX_POOL_SIZE);
        if let (Some(min), Some(max)) = (driver.min_pool_size, driver.max_pool_size)
            && max > 0
            && min > max
        {
            return Err(Error::invalid_argument(format!(
                "`min_pool_size` is {min}, but `max_pool_size` only {max}"
            ))
            .hint("make the smaller one smaller or the larger one larger"));
        }
        Ok(Self {
            driver,
            // The specification: 0 means no limit.
            timeout: timeout.filter(|timeout| !timeout.is_zero()),
            wait_queue_timeout: wait_queue_timeout.filter(|timeout| !timeout.is_zero()),
        })
    }

    /// Finds what is wrong in a connection string's scheme and options, without looking up anything.
    ///
    /// # Errors
    /// `InvalidUri`.
    pub fn check(uri: &ConnectionString) -> Result<()> {
        let text = uri.expose();
        if !text.starts_with("mongodb://") && !text.starts_with("mongodb+srv://") {
            let error = Error::new(
                Kind::InvalidUri,
                format!("`{uri}` is not a connection string"),
            );
            return Err(error.hint("it begins with `mongodb://` or `mongodb+srv://`"));
        }
        check_percent_signs(uri)?;
        uri_values(uri.split_options().1).map(drop)
    }

    /// Understands a connection string that has nothing beside it.
    ///
    /// # Errors
    /// `InvalidUri`.
    pub fn read(bridge: &Bridge, uri: &ConnectionString) -> Result<Self> {
        bridge.block_on(Self::parse(uri, Document::new()))
    }

    /// Whether connections are encrypted, which may read certificates from files.
    pub fn uses_tls(&self) -> bool {
        matches!(self.driver.tls, Some(Tls::Enabled(_)))
    }

    /// Whether the login is more than a name and a password: other mechanisms read files or ask other machines.
    pub fn logs_in_elsewhere(&self) -> bool {
        let credential = self.driver.credential.as_ref();
        credential
            .and_then(|credential| credential.mechanism.as_ref())
            .is_some_and(|mechanism| {
                !matches!(
                    mechanism,
                    AuthMechanism::ScramSha1 | AuthMechanism::ScramSha256
                )
            })
    }

    /// The database that the connection string names.
    pub fn default_database(&self) -> Option<&str> {
        self.driver.default_database.as_deref()
    }

    /// The servers that are named, as `host:port` or the path of a socket.
    pub fn servers(&self) -> Vec<String> {
        self.driver.hosts.iter().map(ToString::to_string).collect()
    }

    /// The largest number of connections to one server.
    pub fn max_pool_size(&self) -> u32 {
        self.driver.max_pool_size.unwrap_or(DEFAULT_MAX_POOL_SIZE)
    }

    pub fn min_pool_size(&self) -> u32 {
        self.driver.min_pool_size.unwrap_or(0)
    }

    pub fn server_selection_timeout(&self) -> Duration {
        self.driver
            .server_selection_timeout
            .unwrap_or(Duration::from_secs(30))
    }

    /// The options in force, by their script names, without the password.
    pub fn describe(&self) -> Document {
        let driver = &self.driver;
        let ms = |time: Option<Duration>| time.map(|time| Bson::Int64(time.as_millis() as i64));
        let entries = [
            ("app_name", driver.app_name.clone().map(Bson::from)),
            (
                "max_pool_size",
                Some(Bson::Int64(self.max_pool_size().into())),
            ),
            (
                "min_pool_size",
                Some(Bson::Int64(self.min_pool_size().into())),
            ),
            (
                "max_connecting",
                Some(Bson::Int64(driver.max_connecting.unwrap_or(2).into())),
            ),
            ("max_idle_time_ms", ms(driver.max_idle_time)),
            ("wait_queue_timeout_ms", ms(self.wait_queue_timeout)),
            (
                "server_selection_timeout_ms",
                ms(Some(self.server_selection_timeout())),
            ),
            (
                "connect_timeout_ms",
                ms(driver.connect_timeout.or(Some(Duration::from_secs(10)))),
            ),
            ("timeout_ms", ms(self.timeout)),
            (
                "heartbeat_frequency_ms",
                ms(driver.heartbeat_freq.or(Some(Duration::from_secs(10)))),
            ),
            (
                "retry_writes",
                Some(driver.retry_writes.unwrap_or(true).into()),
            ),
            (
                "retry_reads",
                Some(driver.retry_reads.unwrap_or(true).into()),
            ),
            (
                "write_concern",
                driver.write_concern.as_ref().map(describe_write_concern),
            ),
            (
                "read_concern",
                driver
                    .read_concern
                    .as_ref()
                    .and_then(|concern| bson::serialize_to_bson(&concern.level).ok()),
            ),
            (
                "username",
                driver
                    .credential
                    .as_ref()
                    .and_then(|user| user.username.clone())
                    .map(Bson::from),
            ),
            (
                "auth_source",
                driver
                    .credential
                    .as_ref()
                    .and_then(|user| user.source.clone())
                    .map(Bson::from),
            ),
            ("replica_set", driver.repl_set_name.clone().map(Bson::from)),
            (
                "direct_connection",
                driver.direct_connection.map(Bson::from),
            ),
        ];
        entries
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), narrow(value?))))
            .collect()
    }
}

/// Small integers as scripts write them.
fn narrow(value: Bson) -> Bson {
    match value {
        Bson::Int64(number) => i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32),
        other => other,
    }
}

fn describe_write_concern(concern: &mongodb::options::WriteConcern) -> Bson {
    let mut described = Document::new();
    match &concern.w {
        Some(mongodb::options::Acknowledgment::Nodes(nodes)) => {
            described.insert("w", narrow(Bson::Int64((*nodes).into())));
        }
        Some(mongodb::options::Acknowledgment::Majority) => {
            described.insert("w", "majority");
        }
        Some(mongodb::options::Acknowledgment::Custom(tag)) => {
            described.insert("w", tag);
        }
        _ => {}
    }
    if let Some(timeout) = concern.w_timeout {
        described.insert("wtimeout", narrow(Bson::Int64(timeout.as_millis() as i64)));
    }
    if let Some(journal) = concern.journal {
        described.insert("j", journal);
    }
    described.into()
}

/// Refuses a `%` before the options that stands for nothing. The driver takes two bytes behind each one in a user name,
/// and panics where they are half of a letter.
fn check_percent_signs(uri: &ConnectionString) -> Result<()> {
    let (base, _) = uri.split_options();
    let stands_for_a_byte = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if base.split('%').skip(1).all(stands_for_a_byte) {
        return Ok(());
    }
    let error = Error::new(
        Kind::InvalidUri,
        format!("`{uri}` has a `%` without two hexadecimal digits behind it"),
    );
    Err(error.hint("a percent sign in a name or a password is written as %25"))
}

/// The options of a connection string, each as it is to be written again, by its lower-case name.
type UriValues = BTreeMap<String, Vec<String>>;

fn uri_values(text: &str) -> Result<UriValues> {
    let mut values = UriValues::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = CLIENT_OPTIONS
            .iter()
            .find(|(_, uri_name, ..)| uri_name.eq_ignore_ascii_case(name));
        let Some((_, uri_name, takes, _)) = known else {
            let error = Error::new(Kind::InvalidUri, format!("there is no URI option `{name}`"));
            return Err(
                match nearest(
                    name,
                    CLIENT_OPTIONS.iter().map(|(_, uri_name, ..)| *uri_name),
                ) {
                    Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                    None => error
                        .hint("the MongoDB manual lists them under \"connection string options\""),
                },
            );
        };
        check_uri_value(uri_name, *takes, value)?;
        // Tag sets may be given several times, in order of preference; of the others the last counts.
        let entry = values.entry(name.to_lowercase()).or_default();
        if !uri_name.eq_ignore_ascii_case("readPreferenceTags") {
            entry.clear();
        }
        entry.push(pair.to_owned());
    }
    Ok(values)
}

fn check_uri_value(name: &str, takes: Takes, value: &str) -> Result<()> {
    let (fits, expected) = match takes {
        Takes::Text | Takes::Acknowledgment | Takes::ReadPreference => {
            (!value.is_empty(), "a text")
        }
        Takes::Count => (value.parse::<u32>().is_ok(), "a whole number"),
        Takes::Milliseconds => (value.parse::<u64>().is_ok(), "a number of milliseconds"),
        Takes::Flag => (matches!(value, "true" | "false"), "`true` or `false`"),
    };
    if takes == Takes::Acknowledgment && value.parse() == Ok(0_u32) {
        return Err(concerns::unacknowledged(Kind::InvalidUri));
    }
    if fits {
        return Ok(());
    }
    Err(Error::new(
        Kind::InvalidUri,
        format!("the URI option `{name}` takes {expected}, not `{value}`"),
    )
    .hint(format!("write `{name}=…` with {expected}")))
}

/// Moves plain options into `values`; gives back those that are not one text.
fn structured_values(options: Document, values: &mut UriValues) -> Result<Options> {
    let call = "connect";
    let mut structured = Document::new();
    for (name, value) in options {
        if value == Bson::Null {
            continue;
        }
        if STRUCTURED.contains(&name.as_str()) {
            structured.insert(name, value);
            continue;
        }
        let option = CLIENT_OPTIONS.iter().find(|(known, ..)| *known == name);
        let Some((_, uri_name, takes, _)) = option else {
            return Err(unknown_option(call, &name, &client_option_names()));
        };
        let text = option_text(&name, *takes, &value)?;
        let escaped = escape(&text);
        values.insert(
            uri_name.to_lowercase(),
            vec![format!("{uri_name}={escaped}")],
        );
    }
    Ok(Options::of(call, structured))
}

fn option_text(name: &str, takes: Takes, value: &Bson) -> Result<String> {
    if takes == Takes::Acknowledgment && whole_number(value) == Some(0) {
        return Err(concerns::unacknowledged(Kind::InvalidArgument));
    }
    let text = match (takes, value) {
        (Takes::Count | Takes::Milliseconds | Takes::Flag, Bson::String(_)) => None,
        (_, Bson::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        (Takes::Acknowledgment, number) => whole_number(number).map(|n| n.to_string()),
        (Takes::Count, number) => whole_number(number)
            .filter(|number| u32::try_from(*number).is_ok())
            .map(|number| number.to_string()),
        (Takes::Milliseconds, number) => whole_number(number).map(|number| number.to_string()),
        (Takes::Flag, Bson::Boolean(flag)) => Some(flag.to_string()),
        _ => None,
    };
    let expected = match takes {
        Takes::Text | Takes::Acknowledgment | Takes::ReadPreference => "a text",
        Takes::Count => "a whole number, not negative",
        Takes::Milliseconds => "a number of milliseconds, not negative",
        Takes::Flag => "`true` or `false`",
    };
    text.ok_or_else(|| ill_typed("connect", name, expected, value))
}

/// Percent-encodes what would end or split an option's value.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b':'
            | b','
            | b'/' => (byte as char).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn take_ms(values: &mut UriValues, name: &str) -> Option<Duration> {
    let pairs = values.remove(name)?;
    let (_, value) = pairs.last()?.split_once('=')?;
    value.parse().ok().map(Duration::from_millis)
}

fn apply_credential(driver: &mut ClientOptions, structured: &mut Options) -> Result<()> {
    let username: Option<String> = structured.take_as("username", "a text")?;
    // The password is not quoted back, whatever it was.
    let password = match structured.take("password") {
        None => None,
        Some(Bson::String(password)) => Some(password),
        Some(_) => {
            return Err(Error::invalid_argument(
                "option `password` of `connect` takes a text",
            ));
        }
    };
    if username.is_none() && password.is_none() {
        return Ok(());
    }
    if username.is_some() {
        // A user of the script's own replaces the session's, and with it where that one is known.
        let source = driver
            .credential
            .as_ref()
            .and_then(|old| old.source.clone());
        let mut credential = Credential::default();
        credential.source = source;
        credential.mechanism = driver
            .credential
            .as_ref()
            .and_then(|old| old.mechanism.clone());
        driver.credential = Some(credential);
    }
    match &mut driver.credential {
        Some(credential) => {
            credential.username = username.or_else(|| credential.username.take());
            credential.password = password;
            Ok(())
        }
        None => Err(
            Error::invalid_argument("`connect` has a `password` but no `username`")
                .hint("add `username: \"…\"`"),
        ),
    }
}

fn apply_concerns(driver: &mut ClientOptions, structured: &mut Options) -> Result<()> {
    if let Some(value) = structured.take("write_concern") {
        driver.write_concern = Some(concerns::write_concern(&value)?);
    }
    if let Some(value) = structured.take("read_concern") {
        driver.read_concern = Some(concerns::read_concern(&value)?);
    }
    if let Some(value) = structured.take("read_preference") {
        driver.selection_criteria = Some(concerns::read_preference(&value)?);
    }
    Ok(())
}

/// The driver's word on a connection string it cannot read, without any password in it.
fn unreadable(uri: &ConnectionString, error: &mongodb::error::Error) -> Error {
    use mongodb::error::ErrorKind;
    let text = match error.kind.as_ref() {
        ErrorKind::InvalidArgument { message, .. } | ErrorKind::DnsResolve { message, .. } => {
            message.trim_end_matches('.').to_owned()
        }
        ErrorKind::InvalidTlsConfig { message, .. } => {
            return Error::new(
                Kind::InvalidUri,
                format!("the TLS options do not work: {message}"),
            )
            .hint("check that the files named exist and are PEM");
        }
        _ => "the driver cannot read it".to_owned(),
    };
    let text = hide_password(uri, text);
    if let ErrorKind::DnsResolve { .. } = error.kind.as_ref() {
        return Error::new(Kind::Network, format!("cannot look up `{uri}`: {text}"))
            .hint("check the host's name, and that this machine has a name server");
    }
    Error::new(Kind::InvalidUri, format!("cannot read the connection string `{uri}`: {text}"))
        .hint("it looks like `mongodb://user:password@host:27017/database?option=value`; a reserved character in a user name or password is written as %XX")
}

fn hide_password(uri: &ConnectionString, text: String) -> String {
    let password = uri
        .expose()
        .split_once("://")
        .and_then(|(_, rest)| rest.rsplit_once('@'))
        .and_then(|(user, _)| user.split_once(':'))
        .map(|(_, password)| password)
        .filter(|password| !password.is_empty());
    match password {
        Some(password) => text.replace(password, "***"),
        None => text,
    }
}
