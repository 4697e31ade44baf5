use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::error::is_secret_name;

/// A connection string. `Display` hides its password.
///
/// ```
/// use seaworthy::mongo::ConnectionString;
///
/// let uri = ConnectionString::new("mongodb://anna:made-up@db.invalid/shop?w=majority");
/// assert_eq!(uri.to_string(), "mongodb://anna:***@db.invalid/shop?w=majority");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString(String);

impl ConnectionString {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the whole text with the password: for the driver, and for `seaworthy server uri`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the database, if there is one.
    pub fn database(&self) -> Option<&str> {
        let (base, _) = self.split_options();
        let (_, rest) = base.split_once("://")?;
        let (_, name) = rest
            .rsplit_once('@')
            .unwrap_or(("", rest))
            .1
            .split_once('/')?;
        Some(name).filter(|name| !name.is_empty())
    }

    /// Returns the same connection string with a default database.
    ///
    /// ```
    /// use seaworthy::mongo::ConnectionString;
    ///
    /// let uri = ConnectionString::new("mongodb://a.invalid/?w=1").with_database("shop");
    /// assert_eq!(uri.expose(), "mongodb://a.invalid/shop?w=1");
    /// ```
    pub fn with_database(&self, name: &str) -> Self {
        let (base, options) = self.split_options();
        let scheme = base.find("://").map_or(0, |at| at + 3);
        let end = base[scheme..]
            .rfind('/')
            .map_or(base.len(), |at| scheme + at);
        let options = match options {
            "" => String::new(),
            options => format!("?{options}"),
        };
        Self(format!("{}/{name}{options}", &base[..end]))
    }

    /// Returns the hosts as written: `db.example.net:27017`; the path of a socket is decoded.
    ///
    /// ```
    /// use seaworthy::mongo::ConnectionString;
    ///
    /// let uri = ConnectionString::new("mongodb://anna:made-up@a.invalid:1,b.invalid/shop?w=1");
    /// assert_eq!(uri.hosts(), ["a.invalid:1", "b.invalid"]);
    /// ```
    pub fn hosts(&self) -> Vec<String> {
        let (base, _) = self.split_options();
        let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        authority
            .split(',')
            .map(|host| host.replace("%2F", "/").replace("%2f", "/"))
            .collect()
    }

    /// Returns the user if there is one without a password, who logs in with a password. An invalid
    /// connection string has none.
    ///
    /// ```
    /// use seaworthy::mongo::ConnectionString;
    ///
    /// let user = |uri| ConnectionString::new(uri).user_without_password();
    /// assert_eq!(user("mongodb://anna@a.invalid"), Some("anna".to_owned()));
    /// assert_eq!(user("mongodb://anna:made-up@a.invalid"), None);
    /// assert_eq!(user("mongodb://anna@a.invalid/?authMechanism=MONGODB-X509"), None);
    /// ```
    pub fn user_without_password(&self) -> Option<String> {
        let (_, login, _) = self.around_login()?;
        let needs_none = self.split_options().1.split('&').any(|option| {
            let (name, value) = option.split_once('=').unwrap_or_default();
            let has_password = value.starts_with("SCRAM") || value == "PLAIN";
            name.eq_ignore_ascii_case("authMechanism") && !has_password
        });
        let has_password = login.contains(':') || needs_none;
        if login.is_empty() || has_password || !self.is_percent_encoded() {
            return None;
        }
        Some(percent_decode_str(login).decode_utf8_lossy().into_owned())
    }

    /// Returns whether each `%` before the options has two hexadecimal digits after it.
    pub(super) fn is_percent_encoded(&self) -> bool {
        let (base, _) = self.split_options();
        let stands_for_a_byte = |rest: &str| {
            let digits = rest.as_bytes().get(..2);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        base.split('%').skip(1).all(stands_for_a_byte)
    }

    /// Returns the same connection string with another login.
    ///
    /// ```
    /// use seaworthy::mongo::ConnectionString;
    ///
    /// let uri = ConnectionString::new("mongodb://a.invalid/shop");
    /// assert_eq!(uri.with_login("anna", None).expose(), "mongodb://anna@a.invalid/shop");
    /// let uri = uri.with_login("anna", Some("a/b"));
    /// assert_eq!(uri.expose(), "mongodb://anna:a%2Fb@a.invalid/shop");
    /// ```
    pub fn with_login(&self, user: &str, password: Option<&str>) -> Self {
        let Some((scheme, _, rest)) = self.around_login() else {
            return self.clone();
        };
        let user = percent_encoded(user.as_bytes());
        let password =
            password.map(|password| format!(":{}", percent_encoded(password.as_bytes())));
        Self(format!(
            "{scheme}{user}{}@{rest}",
            password.unwrap_or_default()
        ))
    }

    /// Returns the scheme with `://`, the login, and what follows its `@`.
    fn around_login(&self) -> Option<(&str, &str, &str)> {
        let start = self.0.find("://")? + 3;
        let (scheme, rest) = self.0.split_at(start);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        Some(match rest[..end].rfind('@') {
            Some(at) => (scheme, &rest[..at], &rest[at + 1..]),
            None => (scheme, "", rest),
        })
    }

    /// Returns the part before the options, and the options.
    pub(in crate::mongo) fn split_options(&self) -> (&str, &str) {
        self.0.split_once('?').unwrap_or((&self.0, ""))
    }
}

/// The characters that become `%XX` in the user, password or socket path of a connection string.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns a user, a password or the path of a socket as a connection string has it.
pub fn percent_encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string()
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, rest) = match self.0.split_once("://") {
            Some((scheme, rest)) => (scheme.len() + 3, rest),
            None => (0, self.0.as_str()),
        };
        // The login ends at the last `@` before the path, so that a password with an unescaped `@`
        // is hidden.
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let at = rest[..authority_end]
            .rfind('@')
            .or_else(|| rest.rfind('@').filter(|at| rest[..*at].contains(':')));
        let shown = match at.map(|at| (rest[..at].split_once(':'), at)) {
            Some((Some((user, _)), at)) => format!("{}{user}:***{}", &self.0[..start], &rest[at..]),
            _ => self.0.clone(),
        };
        f.write_str(&hide_option_secrets(&shown))
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionString({self})")
    }
}

/// Hides the values of options that are passwords, such as `tlsCertificateKeyFilePassword`.
fn hide_option_secrets(text: &str) -> String {
    let Some((base, options)) = text.split_once('?') else {
        return text.to_owned();
    };
    let options: Vec<String> = options
        .split('&')
        .map(|option| match option.split_once('=') {
            Some((name, _)) if is_secret(name) => format!("{name}=***"),
            _ => option.to_owned(),
        })
        .collect();
    format!("{base}?{}", options.join("&"))
}

fn is_secret(option: &str) -> bool {
    is_secret_name(option) || option.eq_ignore_ascii_case("authMechanismProperties")
}
