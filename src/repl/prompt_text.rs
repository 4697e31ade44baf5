//! What stands before the line: the database, the server's role, and what is wrong with the deployment.

use anstyle::{AnsiColor, Style};
use bson::{Bson, Document};

use crate::api::run::session::Session;
use crate::render::highlight::{Palette, painted};

const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What the servers are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// Nobody has asked for a server yet, or it is being started.
    Unknown,
    /// All is well: the role of the server that is used.
    Good(&'static str),
    /// It works, with less than it should have.
    Degraded(String),
    /// Nothing can be reached.
    Lost(String),
}

/// The health of a session's servers, as far as its client knows by now.
pub(super) fn of(session: &Session) -> Health {
    match session.opened_client() {
        Some(client) => health(&client.topology().describe()),
        None => Health::Unknown,
    }
}

/// Reads the health out of what the client knows about its deployment.
pub(super) fn health(topology: &Document) -> Health {
    let servers: Vec<&Document> = topology
        .get_array("servers")
        .map(|servers| servers.iter().filter_map(Bson::as_document).collect())
        .unwrap_or_default();
    let all = servers.len();
    // One that nobody has heard of yet is not down.
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
        None => Health::Lost("no server".into()),
        Some((0, role)) if down == 0 => Health::Good(role),
        Some((0, role)) => Health::Degraded(format!("{role}, {down} of {all} down")),
        Some((_, role)) if !is_set && down == 0 => Health::Good(role),
        _ => Health::Degraded("no primary".into()),
    }
}

/// A role that can be written to comes first.
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

/// The prompt without colours and with them.
pub(super) fn prompt(database: &str, health: &Health) -> (String, String) {
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
            assert_eq!(prompt("lessons", &health(&topology)).0, shown);
        }
    }
}
