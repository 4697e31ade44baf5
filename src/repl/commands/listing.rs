//! Commands that list collections, servers, connections and history.

use bson::{Bson, Document, doc};

use crate::error::Error;
use crate::mongo::{CallError, Client};
use crate::render::highlight::{Palette, painted};
use crate::repl::prompt::{NextAction, Prompt};

/// `:databases`.
pub(super) fn databases(prompt: &mut Prompt, _: &str) -> NextAction {
    let names = prompt.ask_server(|client, interrupt| {
        client.call(interrupt, move |session| {
            Box::pin(async move {
                session
                    .client()
                    .list_database_names()
                    .session(session)
                    .await
            })
        })
    });
    if let Some(mut names) = names {
        names.sort();
        prompt.screen.tell(&names.join("\n"));
    }
    NextAction::Read
}

/// `:collections`.
pub(super) fn collections(prompt: &mut Prompt, _: &str) -> NextAction {
    let database = prompt.database.clone();
    let names = prompt.ask_server(move |client, interrupt| {
        let database = database.clone();
        client.call(interrupt, move |session| {
            Box::pin(async move {
                let database = session.client().database(&database);
                database.list_collection_names().session(session).await
            })
        })
    });
    if let Some(mut names) = names {
        names.sort();
        match names.as_slice() {
            [] => prompt.note(&format!("`{}` has no collections", prompt.database)),
            names => prompt.screen.tell(&names.join("\n")),
        }
    }
    NextAction::Read
}

/// `:status`.
pub(super) fn status(prompt: &mut Prompt, _: &str) -> NextAction {
    let reply = prompt.ask_server(ping);
    let Some(client) = prompt.session().opened_current_client() else {
        return NextAction::Read;
    };
    let topology = client.topology().describe();
    let kind = topology.get_str("type").unwrap_or("Unknown");
    prompt
        .screen
        .tell(&format!("database   {}", prompt.database));
    prompt.screen.tell(&format!("topology   {kind}"));
    let servers = topology.get_array("servers").cloned().unwrap_or_default();
    for server in servers.iter().filter_map(Bson::as_document) {
        prompt.screen.tell(&server_line(server));
    }
    if reply.is_some() {
        pool(prompt, "");
    }
    NextAction::Read
}

fn server_line(server: &Document) -> String {
    let role = server.get_str("type").unwrap_or("Unknown");
    let time = server
        .get_f64("round_trip_ms")
        .map(|ms| format!(", round trip {ms:.1} ms"))
        .unwrap_or_default();
    let (role, style) = match role {
        "Unknown" => ("cannot be reached", Palette::ERROR),
        role => (role, Palette::NUMBER),
    };
    let address = server.get_str("address").unwrap_or_default();
    format!("server     {} {address}{time}", painted(role, style))
}

fn ping(client: &Client, interrupt: &crate::mongo::Interrupt) -> Result<Document, CallError> {
    client.call(interrupt, move |session| {
        Box::pin(async move {
            let admin = session.client().database("admin");
            admin.run_command(doc! { "ping": 1 }).session(session).await
        })
    })
}

/// `:pool`.
pub(super) fn pool(prompt: &mut Prompt, _: &str) -> NextAction {
    let Some(client) = prompt.session().opened_current_client() else {
        prompt.note("no server has been used yet");
        return NextAction::Read;
    };
    let most = client.settings().max_pool_size();
    let now = client.pool().counts();
    prompt.screen.tell(&format!(
        "pool       {} of at most {most} connections open, {} in use, {} calls waiting, {} checkouts so far",
        now.size, now.in_use, now.waiting, now.checkouts,
    ));
    NextAction::Read
}

/// `:server`.
pub(super) fn server(prompt: &mut Prompt, _: &str) -> NextAction {
    match (prompt.server_status)() {
        Ok(text) => prompt.screen.tell(&text),
        Err(error) => prompt.error(&error),
    }
    NextAction::Read
}

/// `:history [COUNT]`.
pub(super) fn history(prompt: &mut Prompt, count: &str) -> NextAction {
    let count = match count {
        "" => 20,
        text => match text.parse::<usize>() {
            Ok(count) => count,
            Err(_) => {
                prompt.error(
                    &Error::invalid_argument(format!("`{text}` is not a number of lines"))
                        .hint("for example `:history 50`"),
                );
                return NextAction::Read;
            }
        },
    };
    for line in prompt.input_history.last(count) {
        prompt
            .screen
            .tell(&crate::render::highlight::highlight(line, &[]));
    }
    NextAction::Read
}
