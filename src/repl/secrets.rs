//! Which lines carry a password, and so are never written down.

/// Whether a line must stay out of the history and of saved sessions.
pub fn carries_a_password(line: &str) -> bool {
    let lower = line.to_lowercase();
    let words = [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "create_user",
        "createuser",
        "updateuser",
        "saslstart",
    ];
    words.iter().any(|word| lower.contains(word)) || has_credentials(&lower)
}

/// `mongodb://user:secret@host`.
fn has_credentials(lower: &str) -> bool {
    ["mongodb://", "mongodb+srv://"].iter().any(|scheme| {
        lower.split(scheme).skip(1).any(|rest| {
            rest.split(char::is_whitespace)
                .next()
                .is_some_and(|uri| uri.contains('@'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::carries_a_password;

    #[test]
    fn passwords_are_noticed() {
        for line in [
            "db.create_user(\"ada\", \"secret\", [])",
            "connect(#{ username: \"a\", password: \"b\" })",
            "connect(\"mongodb://a:b@host/db\")",
            "connect(\"MongoDB+SRV://a:b@host\")",
            "db.command(#{ createUser: \"a\", pwd: \"b\" })",
        ] {
            assert!(carries_a_password(line), "{line}");
        }
        for line in ["db.users.find()", "connect(\"mongodb://host/db\")", "a@b"] {
            assert!(!carries_a_password(line), "{line}");
        }
    }
}
