//! Parses a connection string and options to the settings of a client.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document};
use mongodb::options::{ClientOptions, Credential};

use super::call_options::{CallOptions, ill_typed, unknown_option, whole_number};
use super::client_option_table::{
    CLIENT_OPTIONS, DEFAULT_MAX_POOL_SIZE, OptionType, STRUCTURED, client_option_names,
};
use super::client_settings::ClientSettings;
use super::concerns;
use super::connection_string::ConnectionString;
use crate::error::{Error, Kind, Result, nearest};

impl ClientSettings {
    /// Parses a connection string and options. The options override the connection string.
    ///
    /// # Errors
    /// `InvalidUri` for errors in the connection string, `InvalidArgument` for errors in `options`.
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
            .hint("lower `min_pool_size` or raise `max_pool_size`"));
        }
        Ok(Self {
            driver,
            // According to the specification, 0 means no limit.
            timeout: timeout.filter(|timeout| !timeout.is_zero()),
            wait_queue_timeout: wait_queue_timeout.filter(|timeout| !timeout.is_zero()),
        })
    }

    /// Checks the scheme and the options of a connection string, without resolving hosts.
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
}

/// Refuses a `%` before the options without two hexadecimal digits. The driver would panic if the
/// next two bytes are a part of a character.
fn check_percent_signs(uri: &ConnectionString) -> Result<()> {
    if uri.is_percent_encoded() {
        return Ok(());
    }
    let error = Error::new(
        Kind::InvalidUri,
        format!("`{uri}` has a `%` without two hexadecimal digits after it"),
    );
    Err(error.hint("a percent sign in a name or a password is written as %25"))
}

/// The options of a connection string (`name=value`), by their lower-case names.
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
        // Tag sets may be repeated, in order of preference. For other options the last value
        // counts.
        let entry = values.entry(name.to_lowercase()).or_default();
        if !uri_name.eq_ignore_ascii_case("readPreferenceTags") {
            entry.clear();
        }
        entry.push(pair.to_owned());
    }
    Ok(values)
}

fn check_uri_value(name: &str, takes: OptionType, value: &str) -> Result<()> {
    let (fits, expected) = match takes {
        OptionType::Text | OptionType::Acknowledgment | OptionType::ReadPreference => {
            (!value.is_empty(), "a text")
        }
        OptionType::Count => (value.parse::<u32>().is_ok(), "a whole number"),
        OptionType::Milliseconds => (value.parse::<u64>().is_ok(), "a number of milliseconds"),
        OptionType::Flag => (matches!(value, "true" | "false"), "`true` or `false`"),
    };
    if takes == OptionType::Acknowledgment && value.parse() == Ok(0_u32) {
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

/// Moves simple options to `values`; returns the structured ones.
fn structured_values(mut options: Document, values: &mut UriValues) -> Result<CallOptions> {
    let call = "connect";
    join_read_preference(&mut options);
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
    Ok(CallOptions::of(call, structured))
}

/// Moves `max_staleness_seconds` into `read_preference`, if the options have both.
fn join_read_preference(options: &mut Document) {
    let mut preference = match options.get("read_preference") {
        Some(Bson::String(mode)) => Document::from_iter([("mode".to_owned(), mode.into())]),
        Some(Bson::Document(preference)) => preference.clone(),
        _ => return,
    };
    if let Some(seconds) = options.remove("max_staleness_seconds") {
        preference.insert("max_staleness_seconds", seconds);
        options.insert("read_preference", preference);
    }
}

fn option_text(name: &str, takes: OptionType, value: &Bson) -> Result<String> {
    if takes == OptionType::Acknowledgment && whole_number(value) == Some(0) {
        return Err(concerns::unacknowledged(Kind::InvalidArgument));
    }
    let text = match (takes, value) {
        (OptionType::Count | OptionType::Milliseconds | OptionType::Flag, Bson::String(_)) => None,
        (_, Bson::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        (OptionType::Acknowledgment, number) => whole_number(number).map(|n| n.to_string()),
        (OptionType::Count, number) => whole_number(number)
            .filter(|number| u32::try_from(*number).is_ok())
            .map(|number| number.to_string()),
        (OptionType::Milliseconds, number) => whole_number(number).map(|number| number.to_string()),
        (OptionType::Flag, Bson::Boolean(flag)) => Some(flag.to_string()),
        _ => None,
    };
    let expected = match takes {
        OptionType::Text | OptionType::Acknowledgment | OptionType::ReadPreference => "a text",
        OptionType::Count => "a whole number, not negative",
        OptionType::Milliseconds => "a number of milliseconds, not negative",
        OptionType::Flag => "`true` or `false`",
    };
    text.ok_or_else(|| ill_typed("connect", name, expected, value))
}

/// Percent-encodes characters that would end or split the value of an option.
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

fn apply_credential(driver: &mut ClientOptions, structured: &mut CallOptions) -> Result<()> {
    let username: Option<String> = structured.take_as("username", "a text")?;
    // The error never contains the password.
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
        // A user from the options replaces the user in the connection string, but keeps its
        // authentication database.
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

fn apply_concerns(driver: &mut ClientOptions, structured: &mut CallOptions) -> Result<()> {
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

/// Returns the error for a connection string that the driver cannot parse, without its password.
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
            .hint("check that the files exist and have the PEM format");
        }
        _ => "the driver cannot read it".to_owned(),
    };
    let text = hide_password(uri, text);
    if let ErrorKind::DnsResolve { .. } = error.kind.as_ref() {
        return Error::new(Kind::Network, format!("cannot look up `{uri}`: {text}"))
            .hint("check the host name and the DNS settings of this machine");
    }
    let hint = match uri.expose() {
        address if address.contains("://") || address.contains('@') => {
            "it looks like `mongodb://host:27017/database?option=value`, with user, colon, password and `@` before the host if the server has users; a reserved character in a user name or password is written as %XX".to_owned()
        }
        address => format!("write `mongodb://{address}`"),
    };
    let message = format!("cannot read the connection string `{uri}`: {text}");
    Error::new(Kind::InvalidUri, message).hint(hint)
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
