//! Converts the driver's errors. Only this module decides their kinds.

use bson::{Bson, Document};
use mongodb::error::{
    CommandError, Error as DriverError, ErrorKind, IndexedWriteError, InsertManyError,
    WriteConcernError, WriteError, WriteFailure,
};

use super::duplicate_key::explain_duplicate;
use crate::error::server_codes::{self, kind_of_code, name_of_code};
use crate::error::{Error, Facts, Kind};

/// Converts a driver error to an error of the right kind, with all details from the server.
pub fn convert(error: &DriverError) -> Error {
    let mut facts = Facts::default();
    let (kind, message) = describe(error, &mut facts);
    let mut labels: Vec<String> = error.labels().iter().cloned().collect();
    labels.sort();
    facts.labels = labels;
    if let Some(reply) = error
        .server_response()
        .and_then(|raw| Document::try_from(raw.as_ref()).ok())
    {
        add_reply(&mut facts, reply);
    }
    if kind == Kind::DuplicateKey {
        explain_duplicate(&mut facts, &message, None);
    }
    let code = facts.code;
    let hint = hint_on_selection(kind, &message).or_else(|| hint(kind, code));
    let error = Error::new(kind, message).with_facts(facts);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn describe(error: &DriverError, facts: &mut Facts) -> (Kind, String) {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => of_command(command, facts),
        ErrorKind::Write(WriteFailure::WriteError(write)) => of_write(write, facts),
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => of_concern(concern, facts),
        ErrorKind::InsertMany(many) => of_many(many, facts),
        ErrorKind::Authentication { message, .. } => {
            facts.code = Some(server_codes::AUTHENTICATION_FAILED);
            facts.code_name = Some("AuthenticationFailed".to_owned());
            (Kind::Authentication, plain(message))
        }
        ErrorKind::ServerSelection { message, .. } => {
            (Kind::ServerSelectionTimeout, selection(message))
        }
        ErrorKind::ConnectionPoolCleared { message, .. } => {
            facts.details = Some(Bson::String(first_line(message)));
            (
                Kind::PoolCleared,
                "the pool was cleared, because another operation lost its connection to the server"
                    .to_owned(),
            )
        }
        ErrorKind::Io(io) => (Kind::Network, network(io)),
        ErrorKind::DnsResolve { message, .. } => (
            Kind::Network,
            format!("cannot resolve a host name: {}", plain(message)),
        ),
        ErrorKind::InvalidArgument { message, .. } => (Kind::InvalidArgument, plain(message)),
        ErrorKind::InvalidTlsConfig { message, .. } => (
            Kind::InvalidArgument,
            format!("the TLS options do not work: {}", plain(message)),
        ),
        ErrorKind::Shutdown => (Kind::ClientClosed, "the client is closed".to_owned()),
        ErrorKind::Transaction { message, .. } => (Kind::InvalidArgument, plain(message)),
        ErrorKind::IncompatibleServer { message, .. } => (Kind::CommandFailed, plain(message)),
        ErrorKind::InvalidResponse { message, .. } => (
            Kind::CommandFailed,
            format!("the server's reply is not valid: {}", plain(message)),
        ),
        ErrorKind::Bson(bson) => (
            Kind::InvalidArgument,
            format!("not BSON: {}", first_line(&bson.to_string())),
        ),
        ErrorKind::MissingResumeToken => (
            Kind::InvalidArgument,
            "a change event without `_id` cannot be resumed from".to_owned(),
        ),
        ErrorKind::SessionsNotSupported => (
            Kind::CommandFailed,
            "the server does not support sessions".to_owned(),
        ),
        ErrorKind::Internal { message, .. } => (Kind::CommandFailed, plain(message)),
        // A newer driver may have more kinds. Do not show their debug output to users.
        _ => (
            Kind::CommandFailed,
            "the driver reported an unknown error".to_owned(),
        ),
    }
}

fn of_command(command: &CommandError, facts: &mut Facts) -> (Kind, String) {
    facts.code = Some(command.code);
    facts.code_name = Some(command.code_name.clone()).filter(|name| !name.is_empty());
    let words = &command.message;
    match command.code {
        // The driver replaces the server's message with advice about retryable writes, which does
        // not help here.
        20 if words.contains("Transaction numbers") || words.contains("retryable writes") => (
            Kind::ReplicaSetRequired,
            "transactions need a replica set, and this server is not part of one".to_owned(),
        ),
        2 if words.contains("when a host is not replicated") => {
            (Kind::ReplicaSetRequired, plain(words))
        }
        code => (kind_of_code(code), plain(&without_driver_fields(words))),
    }
}

/// Removes what the driver added to a command that the server repeats in its message: the session,
/// the cluster time with its signature.
fn without_driver_fields(message: &str) -> String {
    let fields = [", lsid: {", ", $clusterTime: {", ", $db: \""];
    let first = fields.iter().filter_map(|field| message.find(field)).min();
    match first.and_then(|end| message.get(..end)) {
        Some(command) if message.ends_with('}') => format!("{command} }}"),
        _ => message.to_owned(),
    }
}

fn of_write(write: &WriteError, facts: &mut Facts) -> (Kind, String) {
    facts.code = Some(write.code);
    facts.code_name = write
        .code_name
        .clone()
        .or_else(|| name_of_code(write.code).map(String::from));
    facts.details = write.details.clone().map(Bson::Document);
    (kind_of_code(write.code), plain(&write.message))
}

fn of_concern(concern: &WriteConcernError, facts: &mut Facts) -> (Kind, String) {
    facts.code = Some(concern.code);
    facts.code_name = Some(concern.code_name.clone()).filter(|name| !name.is_empty());
    facts.details = concern.details.clone().map(Bson::Document);
    let timed_out = concern
        .details
        .as_ref()
        .is_some_and(|details| details.get_bool("wtimeout").unwrap_or(false));
    let kind = if timed_out || concern.code == server_codes::WRITE_CONCERN_FAILED {
        Kind::WriteConcernTimeout
    } else if matches!(kind_of_code(concern.code), Kind::NotPrimary) {
        Kind::NotPrimary
    } else {
        Kind::WriteConcern
    };
    (kind, plain(&concern.message))
}

fn of_many(many: &InsertManyError, facts: &mut Facts) -> (Kind, String) {
    let errors = many.write_errors.as_deref().unwrap_or_default();
    let Some(first) = errors.first() else {
        return match &many.write_concern_error {
            Some(concern) => of_concern(concern, facts),
            None => (Kind::BulkWrite, "the insert failed".to_owned()),
        };
    };
    facts.code = Some(first.code);
    facts.code_name = first
        .code_name
        .clone()
        .or_else(|| name_of_code(first.code).map(String::from));
    facts.index = Some(first.index);
    facts.write_errors = errors.iter().map(write_error).collect();
    let message = match errors.len() {
        1 => format!(
            "1 write failed, document {}: {}",
            first.index,
            plain(&first.message)
        ),
        count => format!(
            "{count} writes failed, the first of them document {}: {}",
            first.index,
            plain(&first.message)
        ),
    };
    // If all failures have one kind, the error has this kind, so a script handles one duplicate
    // key and many in the same way.
    let kind = kind_of_code(first.code);
    let same = errors.iter().all(|error| kind_of_code(error.code) == kind);
    let kind = if same && kind != Kind::CommandFailed {
        kind
    } else {
        Kind::BulkWrite
    };
    (kind, message)
}

/// Describes one failed write, with the server's field names.
fn write_error(error: &IndexedWriteError) -> Document {
    let mut document = Document::new();
    let index = i32::try_from(error.index).unwrap_or(i32::MAX);
    document.insert("index", index);
    document.insert("code", error.code);
    let mut facts = Facts::default();
    explain_duplicate(&mut facts, &error.message, None);
    if let Some(pattern) = facts.key_pattern {
        document.insert("keyPattern", pattern);
    }
    if let Some(value) = facts.key_value {
        document.insert("keyValue", value);
    }
    document.insert("errmsg", plain(&error.message));
    if let Some(details) = &error.details {
        document.insert("errInfo", details.clone());
    }
    document
}

fn add_reply(facts: &mut Facts, reply: Document) {
    let source = reply
        .get_array("writeErrors")
        .ok()
        .and_then(|errors| errors.first())
        .and_then(Bson::as_document)
        .unwrap_or(&reply);
    let nested = |name: &str| source.get_document(name).ok().cloned();
    facts.key_pattern = facts.key_pattern.take().or_else(|| nested("keyPattern"));
    facts.key_value = facts.key_value.take().or_else(|| nested("keyValue"));
    facts.details.get_or_insert(Bson::Document(reply));
}

/// Normalises a message of the server or the driver: one line, without a full stop, with a
/// lower-case first letter unless it is a name.
fn plain(message: &str) -> String {
    let line = first_line(message);
    let line = line.trim_end_matches('.');
    let mut letters = line.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => line.to_owned(),
    }
}

/// Returns the first line, without the debug output of the driver's types.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or(message);
    let words = line.split("Kind: ").next().unwrap_or(line);
    words.trim().trim_end_matches(':').to_owned()
}

/// Extracts the state of the servers from the driver's message about server selection.
fn selection(message: &str) -> String {
    let servers = message
        .split_once("Servers: [")
        .map(|(_, servers)| servers.trim_end_matches([' ', ']', '}']));
    let Some(servers) = servers.filter(|servers| !servers.is_empty()) else {
        return match message.split_once("Set Name: ") {
            // The driver removes servers that are not members of the set.
            Some((_, set)) => format!(
                "no suitable server was found in time: the servers that answered are not members of the set `{}`",
                set.trim_end_matches([' ', '}'])
            ),
            None => "no suitable server was found in time".to_owned(),
        };
    };
    let seen: Vec<String> = servers
        .split("{ Address: ")
        .filter_map(|server| {
            let (address, rest) = server.split_once(", Type: ")?;
            let (state, rest) = rest.split_once([',', ' '])?;
            let trouble = rest
                .split_once("Error: ")
                .map(|(_, error)| io_cause(error))
                .unwrap_or_default();
            let state = state.trim_end_matches([',', ' ', '}']).to_lowercase();
            let state = match state.as_str() {
                "rsprimary" => "the primary",
                "rssecondary" => "a secondary",
                "rsarbiter" => "an arbiter",
                state => state,
            };
            Some(format!("`{address}` is {state}{trouble}"))
        })
        .collect();
    if seen.is_empty() {
        return "no suitable server was found in time".to_owned();
    }
    format!("no suitable server was found in time: {}", seen.join(", "))
}

/// Finds the operating system's message in the driver's debug output of an error.
fn io_cause(dump: &str) -> String {
    if let Some((_, reason)) = dump.split_once("invalid peer certificate: ") {
        let reason = reason.split(", labels:").next().unwrap_or(reason);
        return match reason {
            "UnknownIssuer" => " (its certificate is from an unknown authority)".to_owned(),
            reason => format!(" (its certificate is refused: {})", plain(reason)),
        };
    }
    for known in [
        "Connection refused",
        "No such file or directory",
        "timed out",
        "failed to lookup address",
        "Connection reset by peer",
        "Broken pipe",
        "unexpected end of file",
        "tls handshake eof",
        "received corrupt message",
        "Authentication failed",
        "No route to host",
        "Permission denied",
    ] {
        if dump.contains(known) {
            return format!(" ({})", known.to_lowercase());
        }
    }
    String::new()
}

/// Returns whether a host name could not be resolved. The standard library has no kind for this.
pub(super) fn is_unknown_host(error: &std::io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
}

fn network(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Io;
    match error.kind() {
        Io::ConnectionRefused => "the connection was refused: nothing listens there".to_owned(),
        Io::ConnectionReset | Io::BrokenPipe | Io::ConnectionAborted | Io::UnexpectedEof => {
            "the server closed the connection in the middle of the call".to_owned()
        }
        Io::TimedOut => "the server did not answer in time".to_owned(),
        Io::NotFound => "the server's socket does not exist".to_owned(),
        _ if is_unknown_host(error) => "the host name is not known".to_owned(),
        _ => {
            let text = plain(&error.to_string());
            let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
            format!("the connection failed: {}", text.to_lowercase())
        }
    }
}

/// Returns a hint for servers that answer but do not have the role that the call needs.
fn hint_on_selection(kind: Kind, message: &str) -> Option<&'static str> {
    if kind != Kind::ServerSelectionTimeout {
        return None;
    }
    if message.contains(" is the primary") {
        return Some(
            "the set has no member for this read preference: `secondaryPreferred` takes the primary if there is no secondary",
        );
    }
    message.contains(" is a secondary").then_some(
        "the set has no primary now: after an election it has one again, if a majority of its members runs",
    )
}

fn hint(kind: Kind, code: Option<i32>) -> Option<&'static str> {
    Some(match kind {
        Kind::DuplicateKey => {
            "catch it and test `err.kind == errors::DuplicateKey`; `err.key_value` says which value is taken"
        }
        Kind::WriteConcernTimeout => {
            "the write is on the primary and stays there: `wtimeout` only ends the wait"
        }
        Kind::WriteConcern if code == Some(server_codes::UNSATISFIABLE_WRITE_CONCERN) => {
            "the set has fewer members that can acknowledge than `w` asks for: lower `w`"
        }
        Kind::WriteConcern => "the write happened, but not as safely as its write concern asks",
        Kind::ServerSelectionTimeout => {
            "check that the server runs and that the address is right; `server_selection_timeout_ms` sets how long to wait"
        }
        Kind::Network => {
            "check that the server runs; reading again, or writing what is safe to repeat, may help"
        }
        Kind::PoolCleared => "the operation was not sent: try it again",
        Kind::Authentication => {
            "check the user name, the password and `auth_source`, the database that knows the user"
        }
        Kind::Unauthorized => {
            "ask for a role that allows it: `db.create_user(…)` shows how roles are given"
        }
        Kind::NotPrimary => {
            "another member is being elected: try again, or leave it to `retry_writes`"
        }
        Kind::OperationTimeout => "increase `timeout_ms` or `max_time_ms`, or create an index",
        Kind::CursorNotFound => {
            "run the query again; a cursor ends after ten idle minutes or with its server"
        }
        Kind::ChangeStreamUnsupported => {
            "change streams need a replica set: leave out `--uri` to use the private one"
        }
        Kind::ReplicaSetRequired => {
            "leave out `--uri` to use the private server, which is a set of one, or start this one with `--replSet` and run `replSetInitiate` on it"
        }
        Kind::ChangeStreamHistoryLost => {
            "start a new change stream, and read the documents that may have changed meanwhile"
        }
        Kind::ValidationFailed => "`err.details` says which rule of the validator it breaks",
        Kind::DocumentTooLarge => {
            "a document can have 16 MiB at most: split it, or store large parts elsewhere"
        }
        Kind::CommandFailed if code == Some(server_codes::KEY_NOT_FOUND) => {
            "the server has only just been started: try again in a moment"
        }
        Kind::NamespaceExists => "drop it first, or use it as it is",
        Kind::ClientClosed => "open a new one with `connect(…)`",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_command_is_shown_without_the_fields_of_the_driver() {
        let message = "not authorized on a to execute command { find: \"x\", filter: { n: 1 }, $db: \"a\", lsid: { id: 1 }, $clusterTime: { signature: 1 } }";
        assert_eq!(
            without_driver_fields(message),
            "not authorized on a to execute command { find: \"x\", filter: { n: 1 } }"
        );
        for other in ["no such command: 'a'", "a, lsid: { is cut", ""] {
            assert_eq!(without_driver_fields(other), other);
        }
    }
}
