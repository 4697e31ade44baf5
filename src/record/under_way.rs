use std::collections::HashMap;

use super::{Name, Nanos};

/// What has begun and not ended: calls and commands.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    pub calls: HashMap<u32, CallUnderWay>,
    /// By the driver's request number.
    pub commands: HashMap<i32, CommandUnderWay>,
}

/// What is known about a call before its end.
#[derive(Debug, Default)]
pub(super) struct CallUnderWay {
    pub parent: Option<u32>,
    /// Whether it sent something, or something else was recorded in it.
    pub caused: bool,
    /// Its commands with an unknown outcome, and those of the calls in it.
    pub unknown: Vec<u32>,
    /// Its last failed command: if the same one follows, that is a retry.
    pub last_failed: Option<FailedCommand>,
}

/// A failed command, to recognise its repetition.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FailedCommand {
    pub id: u32,
    pub identity: CommandIdentity,
}

/// What a command and its repetition have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandIdentity {
    pub name: Name,
    pub namespace: Name,
    pub transaction: Option<i64>,
}

#[derive(Debug)]
pub(super) struct CommandUnderWay {
    pub id: u32,
    pub call: Option<u32>,
    pub client: u32,
    pub member: Name,
    pub connection: u32,
    pub identity: CommandIdentity,
    pub begin: Nanos,
    pub retry_of: Option<u32>,
    pub is_write: bool,
    pub wants_majority: bool,
    pub body: Box<str>,
}
