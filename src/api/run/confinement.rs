//! Limits confined scripts to their own servers. The allow lists in `mongo` limit the commands.

use bson::Document;

use super::session::Session;
use crate::error::{Error, Result};
use crate::mongo::{Client, ClientSettings, ConnectionString};

/// The hint of every refusal.
const HINT: &str = "a confined script can use only its own servers; `--trust`, or `run` without `--confined`, allows all servers";

/// Opens a client for a script that may use only its session's server and the replica sets it
/// started.
///
/// # Errors
/// `InvalidArgument` for another server, and for options that read files or log in elsewhere.
pub fn open(session: &Session, uri: &ConnectionString, options: Document) -> Result<Client> {
    if is_looked_up(uri) {
        return Err(refused("a confined script may not look up servers by DNS"));
    }
    let bridge = session.bridge()?;
    let own = own_servers(session)?;
    Client::open_checked(bridge, uri, options, |settings| check(settings, &own))
}

/// Returns whether the URI needs DNS: `mongodb+srv` queries name servers before any check is
/// possible.
fn is_looked_up(uri: &ConnectionString) -> bool {
    let scheme = uri.expose().split("://").next().unwrap_or_default();
    scheme.to_ascii_lowercase().contains("srv")
}

/// Returns the servers that belong to this run, with the names that the driver uses.
fn own_servers(session: &Session) -> Result<Vec<String>> {
    let mut uris = session.resources().set_uris();
    uris.push(session.uri()?);
    let mut servers = Vec::new();
    for uri in &uris {
        servers.extend(ClientSettings::read(session.bridge()?, uri)?.servers());
    }
    Ok(servers)
}

fn check(settings: &ClientSettings, own: &[String]) -> Result<()> {
    // The check uses the settings that the driver read, so that it cannot read the URI differently.
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
            "a confined script may log in only with a name and a password",
        ));
    }
    Ok(())
}

fn refused(message: impl Into<String>) -> Error {
    Error::invalid_argument(message).hint(HINT)
}
