use std::time::Duration;

use bson::Document;

/// A command that was sent and its outcome, without secrets.
#[derive(Clone, Debug)]
pub struct CommandTrace {
    pub name: String,
    pub database: String,
    pub server: String,
    /// The number of the connection, for this client and server.
    pub connection: u32,
    pub duration: Duration,
    /// Whether it is the retry of a failed command.
    pub is_retry: bool,
    /// `None` for a command that must not be shown.
    pub body: Option<Document>,
    pub outcome: CommandOutcome,
}

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandOutcome {
    /// The numbers in the server's reply, with the server's names.
    Done(Vec<(String, i64)>),
    /// An error: its kind and its code, if it has one. The message is left out, because it may
    /// contain values.
    Failed { kind: String, code: Option<i32> },
    /// The call ended before the reply: its time was over, or the run ended. The server may have
    /// run the command.
    Cancelled,
}
