//! Detects lines with passwords, which must not be saved.

use crate::error::secrets_in;

/// Returns whether a line must not be saved in the history or by `:save`.
pub fn carries_a_password(line: &str) -> bool {
    let lower = line.to_lowercase();
    // Calls with a password as an argument.
    let calls = [
        "create_user",
        "createuser",
        "updateuser",
        "update_user",
        "saslstart",
        "pwd",
    ];
    calls.iter().any(|call| lower.contains(call)) || !secrets_in(line).is_empty()
}

#[cfg(test)]
mod tests {
    use super::carries_a_password;

    #[test]
    fn lines_with_passwords_are_detected() {
        for line in [
            "db.create_user(\"ada\", \"secret\", [])",
            "connect(#{ username: \"a\", password: \"b\" })",
            "connect(\"mongodb://a:b@host/db\")",
            "connect(\"MongoDB+SRV://a:b@host\")",
            "db.command(#{ createUser: \"a\", pwd: \"b\" })",
            "connect(\"mongo://a:b@host\")",
            "connect(\"a:b@host\")",
            "let secret = \"b\";",
            "let api_key = \"b\";",
        ] {
            assert!(carries_a_password(line), "{line}");
        }
        for line in ["db.users.find()", "connect(\"mongodb://host/db\")", "a@b"] {
            assert!(!carries_a_password(line), "{line}");
        }
    }
}
