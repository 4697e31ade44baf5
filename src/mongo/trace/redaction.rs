use bson::{Bson, Document};

use crate::error::is_secret_name;

/// Commands that are not shown (command logging and monitoring specification, and commands with
/// passwords).
const SENSITIVE: &[&str] = &[
    "authenticate",
    "saslstart",
    "saslcontinue",
    "getnonce",
    "createuser",
    "updateuser",
    "copydbgetnonce",
    "copydbsaslstart",
    "copydb",
];

/// Fields of logins, whose values are hidden.
const LOGIN_FIELDS: &[&str] = &["payload", "speculativeauthenticate"];

/// Fields that the driver adds to every command.
pub(super) const ENVELOPE: &[&str] = &[
    "$clusterTime",
    "$db",
    "$readPreference",
    "lsid",
    "txnNumber",
];

pub(super) fn is_sensitive(command: &str) -> bool {
    is_one_of(SENSITIVE, command)
}

/// Returns the command without the driver's fields and without secrets.
pub(super) fn shown(mut command: Document) -> Document {
    for name in ENVELOPE {
        command.remove(name);
    }
    hide_in(&mut command);
    command
}

/// Returns whether the value of a field with this name is hidden.
pub(super) fn is_hidden(name: &str) -> bool {
    is_one_of(LOGIN_FIELDS, name) || is_secret_name(name)
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn hide_in(document: &mut Document) {
    for (name, value) in document.iter_mut() {
        if is_hidden(name) {
            *value = Bson::from("***");
        } else {
            hide(value);
        }
    }
}

fn hide(value: &mut Bson) {
    match value {
        Bson::Document(document) => hide_in(document),
        Bson::Array(values) => values.iter_mut().for_each(hide),
        Bson::JavaScriptCodeWithScope(code) => hide_in(&mut code.scope),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn only_secrets_are_hidden_at_any_depth() {
        let command = doc! {
            "update": "users",
            "updates": [{ "q": { "name": "ada" }, "u": { "$set": { "login.Password": "hush", "n": 1 } } }],
            "lsid": { "id": 1 }, "apiKey": [1, 2], "key": { "a": 1 },
        };
        let expected = doc! {
            "update": "users",
            "updates": [{ "q": { "name": "ada" }, "u": { "$set": { "login.Password": "***", "n": 1 } } }],
            "apiKey": "***", "key": { "a": 1 },
        };
        assert_eq!(shown(command), expected);
        assert!(is_sensitive("createUser") && is_sensitive("saslStart") && !is_sensitive("find"));
    }
}
