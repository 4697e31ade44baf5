//! Finds passwords and other secrets in a text. Messages, source lines, traces, the history and
//! saved sessions all use this module.

use std::ops::Range;

/// The text that replaces a secret.
pub const HIDDEN: &str = "***";

/// If a name contains one of these parts (in lower case), its value is a secret.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "credential",
    "apikey",
    "api_key",
    "accesskey",
    "access_key",
    "privatekey",
    "private_key",
    "keymaterial",
    "token",
];

/// Returns whether the value of a field, option or variable with this name is a secret.
///
/// ```
/// use seaworthy::error::is_secret_name;
///
/// assert!(is_secret_name("tlsCertificateKeyFilePassword") && is_secret_name("AWS_SESSION_TOKEN"));
/// assert!(!is_secret_name("resume_token") && !is_secret_name("truck_id"));
/// ```
pub fn is_secret_name(name: &str) -> bool {
    // A recording asks for each field of each command, so this must be fast.
    let name = name.as_bytes();
    let has_secret_part = (0..name.len()).any(|start| starts_with_secret(&name[start..]));
    // A resume token is only a position in a change stream. It gives no access.
    let ends_with = |end: &str| {
        let start = name.len().saturating_sub(end.len());
        name[start..].eq_ignore_ascii_case(end.as_bytes())
    };
    has_secret_part && !ends_with("resume_token") && !ends_with("resumetoken")
}

fn starts_with_secret(text: &[u8]) -> bool {
    let first = text.first().map(u8::to_ascii_lowercase);
    SECRET_NAMES.iter().map(|part| part.as_bytes()).any(|part| {
        let start = text.get(..part.len());
        part.first().copied() == first
            && start.is_some_and(|start| start.eq_ignore_ascii_case(part))
    })
}

/// Returns the ranges of all secrets in a text, in order and without overlaps.
///
/// A user name and its password before the `@` of an address are one secret, even if the scheme is
/// unknown or has a typing error.
pub fn secrets_in(text: &str) -> Vec<Range<usize>> {
    let mut found = logins(text);
    found.extend(named(text));
    found.extend(new_users(text));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    found.retain(|range| {
        let is_apart = range.start >= end && !range.is_empty();
        end = end.max(range.end);
        is_apart
    });
    found
}

/// Returns the text with `***` in place of each secret.
///
/// ```
/// use seaworthy::error::hide_secrets;
///
/// assert_eq!(hide_secrets("cannot read `mongo://ada:made-up@host/db`"), "cannot read `mongo://***@host/db`");
/// ```
pub fn hide_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets_in(text) {
        shown.push_str(&text[done..secret.start]);
        shown.push_str(HIDDEN);
        done = secret.end;
    }
    shown.push_str(&text[done..]);
    shown
}

fn is_end_of_word(letter: char) -> bool {
    letter.is_whitespace() || "\"'`<>".contains(letter)
}

/// Finds `user:password` before an `@`, in a connection string or alone.
fn logins(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        let start = login_start(text, from, at);
        // The login ends at the last `@` of the word, so that a password with an unescaped `@` is
        // hidden.
        let word_end = text[at..]
            .find(is_end_of_word)
            .map_or(text.len(), |end| at + end);
        let last = text[..word_end].rfind('@').unwrap_or(at);
        if let Some(start) = start {
            found.push(start..last);
        }
        from = word_end.max(at + 1);
    }
    found
}

/// Returns where the login before the `@` at `at` begins, if there is a login.
fn login_start(text: &str, from: usize, at: usize) -> Option<usize> {
    let before = &text[from..at];
    let word = before
        .rfind(is_end_of_word)
        .map_or(from, |end| from + end + 1)
        .min(at);
    // The character that ends the previous word can have several bytes.
    let word = (word..=at).find(|place| text.is_char_boundary(*place))?;
    if let Some(start) = after_scheme(text, word, at) {
        return Some(start);
    }
    // The password contains a space: the scheme is further left, in the same quotes.
    let scheme = before.rfind("://").map(|scheme| from + scheme + 3)?;
    let rest = &text[scheme..at];
    let is_quoted = rest.contains(['"', '\'', '`', '\n']);
    let user = rest.split(char::is_whitespace).next().unwrap_or_default();
    let has_password = user.split_once(':').is_some_and(|(name, password)| {
        let port = password.split(['/', '?']).next().unwrap_or_default();
        !name.is_empty() && (port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()))
    });
    (!is_quoted && has_password).then_some(scheme)
}

/// Returns where `user:password` begins in the word from `word` to `at`, after its scheme.
fn after_scheme(text: &str, word: usize, at: usize) -> Option<usize> {
    let whole = &text[word..at];
    // Brackets belong to the code around the address.
    let open = whole
        .rfind(['(', '{', '[', ','])
        .filter(|_| !whole.contains("//"));
    let start = word + open.map_or(0, |open| open + 1);
    let login = &text[start..at];
    let scheme = login.find(":/").map(|colon| {
        let slashes = login[colon + 1..].bytes().take_while(|byte| *byte == b'/');
        colon + 1 + slashes.count()
    });
    let is_whole_scheme = login.contains("://");
    let start = start + scheme.unwrap_or(0);
    let (name, password) = match text[start..at].split_once(':') {
        Some(parts) => parts,
        // In `scheme://token@host`, the token is a secret without a user name.
        None if is_whole_scheme && start < at => return Some(start),
        None => return None,
    };
    (!name.is_empty() && !password.is_empty()).then_some(start)
}

/// Finds the values of secret names: `password: "…"`, and `tlsCertificateKeyFilePassword=…` in a
/// string.
fn named(text: &str) -> Vec<Range<usize>> {
    let is_of_name = |letter: char| letter.is_alphanumeric() || "_$".contains(letter);
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some(start) = text[at..].find(is_of_name).map(|start| at + start) else {
            break;
        };
        let end = text[start..]
            .find(|letter| !is_of_name(letter))
            .map_or(text.len(), |end| start + end);
        at = end;
        if !is_secret_name(&text[start..end]) {
            continue;
        }
        let rest = text[end..].trim_start_matches(['"', '`', '\'', ' ']);
        let Some(value) = rest.strip_prefix([':', '=']) else {
            continue;
        };
        let value = text.len() - value.len();
        match quoted(text, value) {
            Some(range) => {
                at = range.end;
                found.push(range);
            }
            None if is_inside_string(text, start) => found.push(bare(text, value)),
            None => {}
        }
    }
    found
}

/// Returns whether the position is inside a string or an address, and not in code.
fn is_inside_string(text: &str, at: usize) -> bool {
    let before = &text[..at];
    before.contains("://")
        || ['"', '`']
            .iter()
            .any(|quote| before.matches(*quote).count() % 2 == 1)
}

/// Returns the range of an unquoted value that starts at `from`.
fn bare(text: &str, from: usize) -> Range<usize> {
    let end = text[from..].find(|letter: char| is_end_of_word(letter) || "&,;)}".contains(letter));
    from..end.map_or(text.len(), |end| from + end)
}

/// Finds the second argument of `create_user(name, password, …)`.
fn new_users(text: &str) -> Vec<Range<usize>> {
    const CALL: &str = "create_user(";
    let lower = text.to_ascii_lowercase();
    let calls = lower.match_indices(CALL).map(|(at, _)| at + CALL.len());
    let password = |at: usize| {
        let name = quoted(text, at)?;
        let rest = text.get(name.end + 1..)?.trim_start().strip_prefix(',')?;
        quoted(text, text.len() - rest.len())
    };
    calls.filter_map(password).collect()
}

/// Returns the range between the next quotes, if only white space is before them.
fn quoted(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text[from..].trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|first| "\"`'".contains(*first))?;
    let start = text.len() - rest.len() + 1;
    let mut escaped = false;
    let end = text[start..].find(|letter| {
        let ends = letter == quote && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    Some(start..end.map_or(text.len(), |end| start + end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn logins_are_hidden_for_every_scheme() {
        for (text, shown) in [
            ("mongodb://u:p@h/db", "mongodb://***@h/db"),
            ("MongoDB+SRV://u:p%40@h", "MongoDB+SRV://***@h"),
            ("mongo://ada:pw@h", "mongo://***@h"),
            ("mongodb:/ada:pw@h", "mongodb:/***@h"),
            ("ada:pw@h", "***@h"),
            ("connect(\"ada:pw@h\")", "connect(\"***@h\")"),
            ("x mongodb://ada:p w@h y", "x mongodb://***@h y"),
            ("mongodb://u:p@ss/word@h", "mongodb://***@h"),
            (
                "mongodb://a:b@h mongodb://c:d@k",
                "mongodb://***@h mongodb://***@k",
            ),
            ("`mongodb://a:b@h`", "`mongodb://***@h`"),
        ] {
            assert_eq!(hide_secrets(text), shown);
        }
    }

    #[test]
    fn values_of_secret_names_are_hidden() {
        for (text, shown) in [
            (
                r#"connect(#{ password: "a\"b" })"#,
                r#"connect(#{ password: "***" })"#,
            ),
            (r#"let secret = "x";"#, r#"let secret = "***";"#),
            (r#"#{ "api_key": "x" }"#, r#"#{ "api_key": "***" }"#),
            (
                r#"db.create_user("ada", "x", [])"#,
                r#"db.create_user("ada", "***", [])"#,
            ),
            (r#"let token = `größe`"#, r#"let token = `***`"#),
            (r#"let password = "never ended"#, r#"let password = "***"#),
            (
                "mongodb://h/?tlsCertificateKeyFilePassword=x&w=1",
                "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1",
            ),
            (
                r#""authMechanismProperties=AWS_SESSION_TOKEN:abc,A:1""#,
                r#""authMechanismProperties=AWS_SESSION_TOKEN:***,A:1""#,
            ),
        ] {
            assert_eq!(hide_secrets(text), shown);
        }
    }

    #[test]
    fn ordinary_code_is_shown() {
        for text in [
            "a@b",
            "ada@example.net",
            "\"12:30\"",
            "x: y@z",
            "#{ a: 1, b: \"c\" }",
            "mongodb://h:1/db",
            "let token = stream.resume_token;",
            "let password = ask();",
            "db.users.find(#{ name: \"ada\" })",
            "mongodb://h:27017/db and ada@example.net",
            "`db.create_user(name, password, roles)`",
        ] {
            assert_eq!(hide_secrets(text), text);
        }
    }

    proptest! {
        #[test]
        fn no_password_remains(
            scheme in "(mongodb|mongo|http|mongodb\\+srv)?(:/{1,3})?",
            user in "[a-z]{1,8}",
            password in "[A-Z0-9!$%^*.~-]{6,12}",
            before in "[a-z ]{0,9}",
        ) {
            let text = format!("{before} \"{scheme}{user}:{password}@db.invalid/x\" end");
            prop_assert!(!hide_secrets(&text).contains(&password), "{}", hide_secrets(&text));
        }

        #[test]
        fn any_text_is_cut_at_character_boundaries(text in any::<String>()) {
            hide_secrets(&text);
        }

        #[test]
        fn text_without_secrets_is_not_changed(text in "[a-z0-9 .,(){}#\"/:;=+*<>-]{0,60}") {
            prop_assume!(!text.contains("pwd") && !text.contains("token") && !text.contains("secret"));
            prop_assert_eq!(hide_secrets(&text), text);
        }
    }
}
