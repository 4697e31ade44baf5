//! What scripts of somebody else may not do: reach another server than their own, or make theirs reach one.
//!
//! Everything else that could leave is not there for any script: no function reads a file, the environment or the network.

use bson::Document;

use super::session::Session;
use crate::error::{Error, Result};
use crate::mongo::{Client, ClientSettings, ConnectionString};

/// Commands that send a server to other machines, by the beginning of their names.
const TRAVELLING: &[&str] = &[
    "replset",
    "addshard",
    "_configsvr",
    "_shardsvr",
    "_addshard",
    "donor",
    "recipient",
    "movechunk",
    "moveprimary",
    "shardconnpoolstats",
    "clonecollection",
    "copydb",
    "_transfermods",
    "_recvchunk",
    "ishostname",
];

/// The way out that every refusal names.
const WAY_OUT: &str = "scripts of others stay on a server of their own; `--trust`, or `run` without `--confined`, lets them go anywhere";

/// Opens a client for a script that may only reach its session's server and the sets that it started itself.
///
/// # Errors
/// `InvalidArgument` for another server, and for options that read files or carry a login elsewhere.
pub fn open(session: &Session, uri: &ConnectionString, options: Document) -> Result<Client> {
    if is_looked_up(uri) {
        return Err(refused("a confined script may not look up servers by DNS"));
    }
    let bridge = session.bridge()?;
    let own = own_servers(session)?;
    Client::open_checked(bridge, uri, options, |settings| check(settings, &own))
}

/// Whether a confined script may send this command.
///
/// # Errors
/// `InvalidArgument` for one that makes a server talk to other machines.
pub fn check_command(session: &Session, command: &Document) -> Result<()> {
    let Some(name) = command.keys().next().filter(|_| session.is_confined()) else {
        return Ok(());
    };
    let folded = name.to_ascii_lowercase();
    if TRAVELLING.iter().any(|begin| folded.starts_with(begin)) {
        return Err(refused(format!(
            "a confined script may not run the command `{name}`, which sends its server to others"
        )));
    }
    Ok(())
}

/// The `mongodb+srv` scheme asks name servers before anything else can be checked.
fn is_looked_up(uri: &ConnectionString) -> bool {
    let scheme = uri.expose().split("://").next().unwrap_or_default();
    scheme.to_ascii_lowercase().contains("srv")
}

/// The servers that belong to this run, as the driver names them.
fn own_servers(session: &Session) -> Result<Vec<String>> {
    let mut uris = session.set_uris();
    uris.push(session.uri()?);
    let mut servers = Vec::new();
    for uri in &uris {
        servers.extend(ClientSettings::read(session.bridge()?, uri)?.servers());
    }
    Ok(servers)
}

fn check(settings: &ClientSettings, own: &[String]) -> Result<()> {
    // Asked of what the driver made of the text, not of the text: there is no second reading to differ from it.
    if let Some(other) = settings.servers().iter().find(|one| !own.contains(one)) {
        return Err(refused(format!(
            "a confined script may not connect to `{other}`"
        )));
    }
    if settings.uses_tls() {
        return Err(refused(
            "a confined script may not use TLS options, which read files",
        ));
    }
    if settings.logs_in_elsewhere() {
        return Err(refused(
            "a confined script may log in with a name and a password only",
        ));
    }
    Ok(())
}

fn refused(message: impl Into<String>) -> Error {
    Error::invalid_argument(message).hint(WAY_OUT)
}
