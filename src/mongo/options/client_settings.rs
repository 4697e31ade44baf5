use std::time::Duration;

use bson::Document;
use mongodb::options::{AuthMechanism, ClientOptions, Tls};

use super::client_option_table::DEFAULT_MAX_POOL_SIZE;
use super::connection_string::ConnectionString;
use crate::error::Result;
use crate::mongo::bridge::Bridge;

/// What a client is opened with, understood: the driver's options, and the deadlines the driver does not have.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    pub(in crate::mongo) driver: ClientOptions,
    /// A deadline on every operation.
    pub timeout: Option<Duration>,
    /// How long an operation may wait for a connection.
    pub wait_queue_timeout: Option<Duration>,
}

impl ClientSettings {
    /// Understands a connection string that has nothing beside it.
    ///
    /// # Errors
    /// `InvalidUri`.
    pub fn read(bridge: &Bridge, uri: &ConnectionString) -> Result<Self> {
        bridge.block_on(Self::parse(uri, Document::new()))
    }

    /// Whether connections are encrypted, which may read certificates from files.
    pub fn uses_tls(&self) -> bool {
        matches!(self.driver.tls, Some(Tls::Enabled(_)))
    }

    /// Whether the login is more than a name and a password: other mechanisms read files or ask other machines.
    pub fn logs_in_elsewhere(&self) -> bool {
        let credential = self.driver.credential.as_ref();
        credential
            .and_then(|credential| credential.mechanism.as_ref())
            .is_some_and(|mechanism| {
                !matches!(
                    mechanism,
                    AuthMechanism::ScramSha1 | AuthMechanism::ScramSha256
                )
            })
    }

    /// The database that the connection string names.
    pub fn default_database(&self) -> Option<&str> {
        self.driver.default_database.as_deref()
    }

    /// The servers that are named, as `host:port` or the path of a socket.
    pub fn servers(&self) -> Vec<String> {
        self.driver.hosts.iter().map(ToString::to_string).collect()
    }

    /// The largest number of connections to one server.
    pub fn max_pool_size(&self) -> u32 {
        self.driver.max_pool_size.unwrap_or(DEFAULT_MAX_POOL_SIZE)
    }

    pub fn min_pool_size(&self) -> u32 {
        self.driver.min_pool_size.unwrap_or(0)
    }

    pub fn server_selection_timeout(&self) -> Duration {
        self.driver
            .server_selection_timeout
            .unwrap_or(Duration::from_secs(30))
    }
}
