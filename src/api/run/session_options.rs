//! What a run is started with.

use super::event::Output;
use super::run_limits::RunLimits;
use crate::error::{Error, Kind, Result};
use crate::mongo::{ConnectionString, Interrupt};
use crate::server;

/// Where the session's server is.
pub enum ServerSource {
    /// One that the user named.
    Uri(ConnectionString),
    /// The private one, which is found or started when it is first needed.
    Private(Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>),
}

impl ServerSource {
    /// A session whose scripts use no server at all.
    pub fn none() -> Self {
        Self::Private(Box::new(|| {
            Err(Error::new(Kind::Server, "this session has no server"))
        }))
    }
}

/// What a run is started with.
pub struct SessionOptions {
    /// The script's arguments, as `args`.
    pub args: Vec<String>,
    /// Makes everything drawn by chance repeatable.
    pub seed: Option<u64>,
    /// Where the script's output goes.
    pub output: Box<Output>,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// Where the session's own client connects to.
    pub server: ServerSource,
    /// Whether the commands of all clients are shown.
    pub trace: bool,
    /// The name of `db`, where it is not the connection string's or `lessons`.
    pub database: Option<String>,
    /// Starts a replica set of that many members for this run; calls off the start when the switch goes.
    pub start_set: Box<StartSet>,
    /// Whether the scripts came from somebody else: they reach this session's server, the sets they start and the scripts
    /// in their own folder, and nothing else.
    pub confined: bool,
    /// What the scripts may use up.
    pub limits: RunLimits,
}

/// How replica sets are started.
pub type StartSet = dyn Fn(usize, &Interrupt) -> Result<server::ReplicaSet> + Send + Sync;

/// A session whose scripts start no replica sets.
pub fn no_sets() -> Box<StartSet> {
    Box::new(|_, _| {
        Err(Error::new(
            Kind::Server,
            "this session starts no replica sets",
        ))
    })
}
