//! Scripts of others connect to their own servers only. What they may send there is for the allow lists of `mongo` to say.

use bson::Document;

use super::session::Session;
use crate::error::{Error, Result};
use crate::mongo::{Client, ClientSettings, ConnectionString};

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

/// The `mongodb+srv` scheme asks name servers before anything else can be checked.
fn is_looked_up(uri: &ConnectionString) -> bool {
    let scheme = uri.expose().split("://").next().unwrap_or_default();
    scheme.to_ascii_lowercase().contains("srv")
}

/// The servers that belong to this run, as the driver names them.
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
