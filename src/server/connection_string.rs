//! Connection strings of servers that listen on Unix sockets.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::mongo::ConnectionString;
use crate::mongo::allow_list::lists::OWN_USER;

/// The user that the private server's URI names; a root user, because learners make users and roles.
pub const USER: &str = OWN_USER;

/// The name of the set whose only member the private server is.
pub const SET: &str = "seaworthy";

/// The URI of a replica set whose members listen on Unix sockets.
///
/// A set of one is addressed as a set as well. With `directConnection` a driver sends to the member whatever its state, so
/// that one which has just come back answers "node is recovering", and the driver's only retry is spent; for a set it waits
/// until there is a primary (Server Selection specification).
pub fn for_set<'a>(
    user: &str,
    password: &str,
    set: &str,
    sockets: impl IntoIterator<Item = &'a Path>,
) -> ConnectionString {
    let hosts: Vec<String> = sockets
        .into_iter()
        .map(|socket| percent_encoded(socket.as_os_str().as_encoded_bytes()))
        .collect();
    let rest = format!("{}/?authSource=admin&replicaSet={set}", hosts.join(","));
    with_user(user, password, &rest)
}

fn with_user(user: &str, password: &str, rest: &str) -> ConnectionString {
    let (user, password) = (
        percent_encoded(user.as_bytes()),
        percent_encoded(password.as_bytes()),
    );
    ConnectionString::new(format!("mongodb://{user}:{password}@{rest}"))
}

/// The characters of a user, a password or a socket's path that become `%XX` in a connection string.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn percent_encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_a_host_and_the_password_is_not_shown() {
        let uri = for_set("ada", "secret", "rs", ["/run/m.sock".as_ref()]);
        assert_eq!(
            uri.to_string(),
            "mongodb://ada:***@%2Frun%2Fm.sock/?authSource=admin&replicaSet=rs"
        );
        assert!(uri.expose().contains("secret"));
    }
}
