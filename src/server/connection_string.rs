use std::fmt::{self, Write};
use std::path::Path;

/// The user that the private server's URI names; a root user, because learners make users and roles.
pub const USER: &str = "seaworthy";

/// A MongoDB URI with a password in it, which only [`reveal`](Self::reveal) shows.
///
/// ```
/// use seaworthy::server::ConnectionString;
///
/// let uri = ConnectionString::for_socket("ada", "secret", "/run/m.sock".as_ref());
/// assert_eq!(uri.to_string(), "mongodb://ada:***@%2Frun%2Fm.sock/?authSource=admin&directConnection=true");
/// assert!(!format!("{uri:?}").contains("secret"));
/// assert!(uri.reveal().contains("secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString {
    before: String,
    password: String,
    after: String,
}

impl ConnectionString {
    /// The URI of one server that listens on a Unix socket.
    ///
    /// `directConnection` makes it the same for every driver, and spares the discovery of a set that has one member.
    pub fn for_socket(user: &str, password: &str, socket: &Path) -> Self {
        Self {
            before: format!("mongodb://{}:", percent_encoded(user.as_bytes())),
            password: percent_encoded(password.as_bytes()),
            after: format!(
                "@{}/?authSource=admin&directConnection=true",
                percent_encoded(socket.as_os_str().as_encoded_bytes())
            ),
        }
    }

    /// The URI of a replica set whose members listen on Unix sockets.
    pub fn for_set<'a>(
        user: &str,
        password: &str,
        set: &str,
        sockets: impl IntoIterator<Item = &'a Path>,
    ) -> Self {
        let hosts: Vec<String> = sockets
            .into_iter()
            .map(|socket| percent_encoded(socket.as_os_str().as_encoded_bytes()))
            .collect();
        Self {
            before: format!("mongodb://{}:", percent_encoded(user.as_bytes())),
            password: percent_encoded(password.as_bytes()),
            after: format!("@{}/?authSource=admin&replicaSet={set}", hosts.join(",")),
        }
    }

    /// The whole URI, password included: for the driver, and for `server uri`.
    pub fn reveal(&self) -> String {
        format!("{}{}{}", self.before, self.password, self.after)
    }
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***{}", self.before, self.after)
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionString({self})")
    }
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
