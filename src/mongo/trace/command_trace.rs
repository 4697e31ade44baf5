use std::time::Duration;

use bson::Document;

/// One command that was sent, and what came of it. Secrets are gone from it.
#[derive(Clone, Debug)]
pub struct CommandTrace {
    pub name: String,
    pub database: String,
    pub server: String,
    /// The number of the connection among this client's connections to that server.
    pub connection: u32,
    pub duration: Duration,
    /// Whether it is the repetition of one that failed.
    pub is_retry: bool,
    /// `None` for a command that is never shown.
    pub body: Option<Document>,
    pub outcome: CommandOutcome,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandOutcome {
    /// What the server says in numbers, by its own names.
    Done(Vec<(String, i64)>),
    /// An error, by its kind and, where the server gave one, its code. The server's words may quote values.
    Failed { kind: String, code: Option<i32> },
}
