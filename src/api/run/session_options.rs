//! The options of a run.

use super::event::Output;
use super::explanation::Explain;
use super::run_limits::RunLimits;
use crate::error::{Error, Kind, Result};
use crate::mongo::{ConnectionString, Interrupt};
use crate::record::Recorder;
use crate::server::{self, SetOptions};

/// The database of lessons and scripts if no other is named.
pub const DEFAULT_DATABASE: &str = "lessons";

/// Where the session's server comes from.
pub enum ServerSource {
    /// A server that the user named.
    Uri(ConnectionString),
    /// The private server, which is found or started when it is first needed.
    Private(Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>),
}

impl ServerSource {
    /// Returns the source for a session whose scripts use no server.
    pub fn none() -> Self {
        Self::Private(Box::new(|| {
            Err(Error::new(Kind::Server, "this session has no server"))
        }))
    }

    /// Returns the connection string. The private server is started first.
    pub fn uri(&self) -> Result<ConnectionString> {
        match self {
            Self::Uri(uri) => Ok(uri.clone()),
            Self::Private(start) => start(),
        }
    }

    /// Returns whether the addresses of the servers are known: no server has to be started, and
    /// DNS does not have to be asked for them.
    pub fn knows_addresses(&self) -> bool {
        match self {
            Self::Uri(uri) => !uri.expose().starts_with("mongodb+srv:"),
            Self::Private(_) => false,
        }
    }
}

/// The options of a run.
pub struct SessionOptions {
    /// The arguments of the script, as `args`.
    pub args: Vec<String>,
    /// Seeds the random functions.
    pub seed: Option<u64>,
    /// Where the output of the script goes.
    pub output: Output,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// The server of the session's own client.
    pub server: ServerSource,
    /// Whether the commands of all clients are shown.
    pub trace: bool,
    /// Records what the run does.
    pub recorder: Option<Recorder>,
    /// The name of `db`, if it is neither the one in the connection string nor `lessons`.
    pub database: Option<String>,
    /// Starts a replica set with these options; the interrupt cancels the start.
    pub start_set: Box<StartSet>,
    /// Whether the scripts are not trusted: they may use only this session's server, the replica
    /// sets they start, and the scripts in their own folder.
    pub confined: bool,
    pub limits: RunLimits,
    /// Explains the errors of Rhai that a script catches.
    pub explain: Explain,
}

impl SessionOptions {
    /// Returns the name of `db`, which does not need a server.
    pub fn database_name(&self) -> &str {
        let named = match &self.server {
            ServerSource::Uri(uri) => uri.database(),
            ServerSource::Private(_) => None,
        };
        self.database
            .as_deref()
            .or(named)
            .unwrap_or(DEFAULT_DATABASE)
    }
}

pub type StartSet = dyn Fn(SetOptions, &Interrupt) -> Result<server::ReplicaSet> + Send + Sync;

/// Returns the function for a session whose scripts cannot start replica sets.
pub fn no_sets() -> Box<StartSet> {
    Box::new(|_, _| {
        Err(Error::new(
            Kind::Server,
            "this session starts no replica sets",
        ))
    })
}
