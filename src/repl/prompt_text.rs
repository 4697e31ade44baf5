//! The prompt text: the database, the server's role, and problems of the deployment.

use anstyle::{AnsiColor, Style};
use bson::{Bson, Document};

use crate::api::run::session::Session;
use crate::error::Kind;
use crate::mongo::Client;
use crate::render::highlight::{Palette, painted};

const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The state of the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// No server has been used yet, or it is starting.
    Unknown,
    /// All servers are available. Contains the role of the server in use.
    Good(&'static str),
    /// Some servers are unavailable, or there is no primary.
    Degraded(String),
    /// No server is available.
    Lost(String),
}

/// Returns the health of a session's servers, as its client knows it now.
pub(super) fn of(session: &Session) -> Health {
    of_client(session.opened_current_client().as_ref())
}

/// Returns the health of the servers of a client, if there is one.
pub(super) fn of_client(client: Option<&Client>) -> Health {
    match client {
        Some(client) => health(&client.topology().describe()),
        None => Health::Unknown,
    }
}

/// Computes the health from the client's topology description.
pub(super) fn health(topology: &Document) -> Health {
    let servers: Vec<&Document> = topology
        .get_array("servers")
        .map(|servers| servers.iter().filter_map(Bson::as_document).collect())
        .unwrap_or_default();
    let all = servers.len();
    // A server that was not contacted yet does not count as down.
    let down = servers
        .iter()
        .filter(|server| server.contains_key("error"))
        .count();
    let role = servers
        .iter()
        .filter_map(|server| role(server.get_str("type").ok()?))
        .min();
    let is_set = topology
        .get_str("type")
        .is_ok_and(|kind| kind.starts_with("ReplicaSet"));
    match role {
        None if down < all || all == 0 => Health::Unknown,
        None if refuses_login(&servers) => Health::Lost("login refused".into()),
        None => Health::Lost("no server".into()),
        Some((0, role)) if down == 0 => Health::Good(role),
        Some((0, role)) => Health::Degraded(format!("{role}, {down} of {all} down")),
        Some((_, role)) if !is_set && down == 0 => Health::Good(role),
        _ => Health::Degraded("no primary".into()),
    }
}

/// Returns whether a server can be reached and does not accept the user and the password.
fn refuses_login(servers: &[&Document]) -> bool {
    let refused = Kind::Authentication.name();
    let mut servers = servers.iter();
    servers.any(|server| {
        server
            .get_str("error_kind")
            .is_ok_and(|kind| kind == refused)
    })
}

/// Returns the rank and the name of a role. Roles that accept writes come first.
fn role(kind: &str) -> Option<(u8, &'static str)> {
    Some(match kind {
        "RsPrimary" => (0, "primary"),
        "Standalone" => (0, "standalone"),
        "Mongos" => (0, "mongos"),
        "LoadBalancer" => (0, "load balancer"),
        "RsSecondary" => (1, "secondary"),
        "RsArbiter" => (2, "arbiter"),
        "Unknown" => return None,
        _ => (3, "member"),
    })
}

/// Returns the prompt without and with colours. `client` is the variable that `:use` selected.
pub(super) fn prompt(client: &str, database: &str, health: &Health) -> (String, String) {
    let database = &match client {
        "" => database.to_owned(),
        client => format!("{client}:{database}"),
    };
    let (state, style) = match health {
        Health::Unknown => (String::new(), Palette::DIM),
        Health::Good(role) => (format!(" {role}"), Palette::DIM),
        Health::Degraded(what) => (format!(" {what}"), WARNING),
        Health::Lost(what) => (format!(" {what}"), Palette::ERROR),
    };
    (
        format!("{database}{state}> "),
        format!("{}{}> ", painted(database, GOOD), painted(&state, style)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::doc;

    #[test]
    fn the_prompt_shows_the_server_state() {
        let topology = |kind: &str, servers: &[&str]| {
            let server = |kind: &&str| match *kind {
                "down" => doc! { "type": "Unknown", "error": "connection refused" },
                kind => doc! { "type": kind },
            };
            let servers: Vec<_> = servers.iter().map(server).collect();
            doc! { "type": kind, "servers": servers }
        };
        let set = "ReplicaSetWithPrimary";
        for (topology, shown) in [
            (doc! {}, "lessons> "),
            (topology("Single", &["RsPrimary"]), "lessons primary> "),
            (topology("Single", &["RsSecondary"]), "lessons secondary> "),
            (topology("Single", &["Unknown"]), "lessons> "),
            (topology("Single", &["down"]), "lessons no server> "),
            (
                topology(set, &["RsSecondary", "down", "RsPrimary"]),
                "lessons primary, 1 of 3 down> ",
            ),
            (
                topology("ReplicaSetNoPrimary", &["RsSecondary", "RsSecondary"]),
                "lessons no primary> ",
            ),
        ] {
            assert_eq!(prompt("", "lessons", &health(&topology)).0, shown);
        }
    }
}
