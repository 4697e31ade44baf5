//! `:use NAME`: another database, or another client.

use rhai::Dynamic;

use crate::api::handles::client::Client;
use crate::api::handles::replica_set::ReplicaSet;
use crate::api::run::session::Session;
use crate::error::{Error, Result};
use crate::mongo::{self, ConnectionString};
use crate::repl::prompt::{Line, NextAction, Prompt};
use crate::script::Interactive;

/// The word for the client that the session began with.
const OWN: &str = "client";

/// What `:use NAME` selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The client that the session began with.
    OwnClient,
    /// The client of a variable. This code makes it from `NAME`.
    Client(&'static str),
    Database,
}

/// `:use NAME`.
pub(super) fn switch(prompt: &mut Prompt, name: &str) -> NextAction {
    let name = name.trim_matches(['"', ';']).trim();
    match select(&prompt.interactive, name) {
        Ok(selection) => {
            match selection {
                Selection::OwnClient => note_client(prompt, "", "let client = connect();"),
                Selection::Client(code) => {
                    let code = format!("let client = {};", code.replace("NAME", name));
                    note_client(prompt, name, &code);
                }
                Selection::Database => note_database(prompt, name),
            }
            selection
                .note(name)
                .iter()
                .for_each(|note| prompt.note(note));
        }
        Err(error) => prompt.error(&error),
    }
    NextAction::Read
}

impl Selection {
    /// Returns what the user should know about it.
    pub fn note(self, name: &str) -> Option<String> {
        match self {
            Self::OwnClient => Some("`client` and `db` are those of the session again".to_owned()),
            Self::Client(_) => Some(format!(
                "`client` and `db` are those of `{name}`; `:use {OWN}` goes back"
            )),
            Self::Database => None,
        }
    }
}

/// Makes `db` another database, or `client` and `db` those of a variable.
///
/// # Errors
/// `InvalidArgument` if it is neither a variable nor the name of a database; the error of a client
/// that cannot be opened.
pub fn select(interactive: &Interactive, name: &str) -> Result<Selection> {
    let session = interactive.session();
    if name.is_empty() {
        return Err(
            Error::invalid_argument("`:use` needs the name of a database or of a client").hint(
                "for example `:use shop`; `:databases` lists the databases; `:use rs` for a variable with a replica set",
            ),
        );
    }
    let value = interactive.variable(name);
    if name == OWN && value.is_none() {
        session.used_client().set(None);
        return Ok(Selection::OwnClient);
    }
    if let Some(value) = value
        && let Some((client, code)) = client_of(session, &value)?
    {
        session.used_client().set(Some(client));
        return Ok(Selection::Client(code));
    }
    if name.contains(['/', '\\', '.', ' ', '"', '$', '\0']) || name.len() > 63 {
        return Err(
            Error::invalid_argument(format!("`{name}` cannot be a database's name"))
                .hint("for example `:use shop`"),
        );
    }
    session.used_database().set(Some(name.to_owned()));
    Ok(Selection::Database)
}

/// Returns the client of a variable, and the code that makes it from `NAME`.
fn client_of(session: &Session, value: &Dynamic) -> Result<Option<(mongo::Client, &'static str)>> {
    if let Some(client) = value.read_lock::<Client>() {
        return Ok(Some((client.open()?, "NAME")));
    }
    let Some(set) = value.read_lock::<ReplicaSet>() else {
        return Ok(None);
    };
    let uri = ConnectionString::new(set.uri());
    let client = mongo::Client::open(session.bridge()?, &uri, bson::Document::new())?;
    Ok(Some((client, "connect(NAME)")))
}

fn note_client(prompt: &mut Prompt, name: &str, code: &str) {
    name.clone_into(&mut prompt.client_name);
    prompt.learn();
    let database = format!("let db = client[\"{}\"];", prompt.database);
    prompt
        .finished_lines
        .push(Line::code(&format!("{code}\n{database}")));
}

fn note_database(prompt: &mut Prompt, name: &str) {
    name.clone_into(&mut prompt.database);
    prompt.learn();
    prompt
        .finished_lines
        .push(Line::code(&format!("let db = client[\"{name}\"];")));
}
