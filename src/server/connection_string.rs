//! Connection strings of the servers that this program starts.

use crate::mongo::allow_list::lists::OWN_USER;
use crate::mongo::{ConnectionString, percent_encoded};
use crate::server::member::LOOPBACK;

/// The user in the private server's URI. It is a root user, because learners create users and
/// roles.
pub(super) const USER: &str = OWN_USER;

/// The name of the replica set whose only member is the private server.
pub(super) const SET: &str = "seaworthy";

/// Returns the URI of a replica set whose members have these addresses: paths of Unix sockets, or
/// `host:port`.
///
/// A set with one member also gets `replicaSet`. With `directConnection` a driver does not wait for
/// a primary: a member that has just restarted answers "node is recovering", and the only retry is
/// used up.
pub(super) fn for_set<'a>(
    user: &str,
    password: &str,
    set: &str,
    addresses: impl IntoIterator<Item = &'a str>,
) -> ConnectionString {
    let hosts: Vec<String> = addresses
        .into_iter()
        .map(|address| match address.starts_with('/') {
            true => percent_encoded(address.as_bytes()),
            false => address.to_owned(),
        })
        .collect();
    let rest = format!("{}/?authSource=admin&replicaSet={set}", hosts.join(","));
    with_user(user, password, &rest)
}

/// Returns the URI of the private server at a TCP port. Its address in the set is its socket, so a
/// program connects directly.
pub(super) fn for_port(user: &str, password: &str, port: u16) -> ConnectionString {
    let rest = format!("{LOOPBACK}:{port}/?authSource=admin&directConnection=true");
    with_user(user, password, &rest)
}

fn with_user(user: &str, password: &str, rest: &str) -> ConnectionString {
    let (user, password) = (
        percent_encoded(user.as_bytes()),
        percent_encoded(password.as_bytes()),
    );
    ConnectionString::new(format!("mongodb://{user}:{password}@{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_a_host_and_the_password_is_not_shown() {
        let uri = for_set("ada", "secret", "rs", ["/run/m.sock"]);
        assert_eq!(
            uri.to_string(),
            "mongodb://ada:***@%2Frun%2Fm.sock/?authSource=admin&replicaSet=rs"
        );
        assert!(uri.expose().contains("secret"));
        let uri = for_set("ada", "secret", "rs", ["127.0.0.1:1", "127.0.0.1:2"]);
        assert_eq!(
            uri.to_string(),
            "mongodb://ada:***@127.0.0.1:1,127.0.0.1:2/?authSource=admin&replicaSet=rs"
        );
    }
}
