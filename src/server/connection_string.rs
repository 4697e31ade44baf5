//! Connection strings of servers that listen on Unix sockets.

use std::fmt::Write;
use std::path::Path;

use crate::mongo::ConnectionString;

/// The user that the private server's URI names; a root user, because learners make users and roles.
pub const USER: &str = "seaworthy";

/// The URI of one server that listens on a Unix socket.
///
/// `directConnection` makes it the same for every driver, and spares the discovery of a set that has one member.
pub fn for_socket(user: &str, password: &str, socket: &Path) -> ConnectionString {
    let host = percent_encoded(socket.as_os_str().as_encoded_bytes());
    with_user(
        user,
        password,
        &format!("{host}/?authSource=admin&directConnection=true"),
    )
}

/// The URI of a replica set whose members listen on Unix sockets.
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

/// Everything but letters, digits and `-._~` becomes `%XX`.
fn percent_encoded(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len()), |mut text, &byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_a_host_and_the_password_is_not_shown() {
        let uri = for_socket("ada", "secret", "/run/m.sock".as_ref());
        assert_eq!(
            uri.to_string(),
            "mongodb://ada:***@%2Frun%2Fm.sock/?authSource=admin&directConnection=true"
        );
        assert!(uri.expose().contains("secret"));
    }
}
