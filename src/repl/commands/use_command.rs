//! `:use NAME`: another database, or another client.

use rhai::Dynamic;

use crate::api::handles::client::Client;
use crate::api::handles::replica_set::ReplicaSet;
use crate::error::{Error, Result};
use crate::mongo::{self, ConnectionString};
use crate::repl::prompt::{Line, NextAction, Prompt};

/// The word for the client that the session began with.
const OWN: &str = "client";

/// `:use NAME`.
pub(super) fn switch(prompt: &mut Prompt, name: &str) -> NextAction {
    let name = name.trim_matches(['"', ';']).trim();
    if name.is_empty() {
        prompt.error(
            &Error::invalid_argument("`:use` needs the name of a database or of a client").hint(
                "for example `:use shop`; `:databases` lists the databases; `:use rs` for a variable with a replica set",
            ),
        );
        return NextAction::Read;
    }
    let value = prompt.interactive.variable(name);
    if name == OWN && value.is_none() {
        use_client(prompt, "", None, "let client = connect();");
        prompt.note("`client` and `db` are those of the session again");
        return NextAction::Read;
    }
    match value.as_ref().map(|value| client_of(prompt, value)) {
        None | Some(Ok(None)) => use_database(prompt, name),
        Some(Ok(Some((client, code)))) => {
            let code = format!("let client = {};", code.replace("NAME", name));
            use_client(prompt, name, Some(client), &code);
            prompt.note(&format!(
                "`client` and `db` are those of `{name}`; `:use {OWN}` goes back"
            ));
        }
        Some(Err(error)) => prompt.error(&error),
    }
    NextAction::Read
}

/// Returns the client of a variable, and the code that makes it from `NAME`.
fn client_of(prompt: &Prompt, value: &Dynamic) -> Result<Option<(mongo::Client, &'static str)>> {
    if let Some(client) = value.read_lock::<Client>() {
        return Ok(Some((client.open()?, "NAME")));
    }
    let Some(set) = value.read_lock::<ReplicaSet>() else {
        return Ok(None);
    };
    let uri = ConnectionString::new(set.uri());
    let client = mongo::Client::open(prompt.session().bridge()?, &uri, bson::Document::new())?;
    Ok(Some((client, "connect(NAME)")))
}

fn use_client(prompt: &mut Prompt, name: &str, client: Option<mongo::Client>, code: &str) {
    prompt.session().used_client().set(client);
    name.clone_into(&mut prompt.client_name);
    prompt.learn();
    let database = format!("let db = client[\"{}\"];", prompt.database);
    prompt
        .finished_lines
        .push(Line::code(&format!("{code}\n{database}")));
}

fn use_database(prompt: &mut Prompt, name: &str) {
    if name.contains(['/', '\\', '.', ' ', '"', '$', '\0']) || name.len() > 63 {
        prompt.error(
            &Error::invalid_argument(format!("`{name}` cannot be a database's name"))
                .hint("for example `:use shop`"),
        );
        return;
    }
    prompt.session().used_database().set(Some(name.to_owned()));
    name.clone_into(&mut prompt.database);
    prompt.learn();
    prompt
        .finished_lines
        .push(Line::code(&format!("let db = client[\"{name}\"];")));
}
