use std::time::Duration;

use bson::Document;
use mongodb::options::{AuthMechanism, ClientOptions, Tls};

use super::client_option_table::DEFAULT_MAX_POOL_SIZE;
use super::connection_string::ConnectionString;
use crate::error::Result;
use crate::mongo::bridge::Bridge;

/// The parsed settings of a client: the driver's options, and two timeouts that the driver does not
/// have.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    pub(in crate::mongo) driver: ClientOptions,
    /// The timeout of every operation.
    pub timeout: Option<Duration>,
    /// How long an operation may wait for a connection.
    pub wait_queue_timeout: Option<Duration>,
}

impl ClientSettings {
    /// Parses a connection string without further options.
    ///
    /// # Errors
    /// `InvalidUri`.
    pub fn read(bridge: &Bridge, uri: &ConnectionString) -> Result<Self> {
        bridge.block_on(Self::parse(uri, Document::new()))
    }

    /// Returns whether connections use TLS, which may read certificate files.
    pub fn uses_tls(&self) -> bool {
        matches!(self.driver.tls, Some(Tls::Enabled(_)))
    }

    /// Returns whether the login uses a mechanism other than SCRAM: those read files or contact
    /// other machines.
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

    /// Returns the database in the connection string.
    pub fn default_database(&self) -> Option<&str> {
        self.driver.default_database.as_deref()
    }

    /// Returns the servers, as `host:port` or the path of a socket.
    pub fn servers(&self) -> Vec<String> {
        self.driver.hosts.iter().map(ToString::to_string).collect()
    }

    /// Returns whether a failed read is repeated once (`retryReads`).
    pub fn retries_reads(&self) -> bool {
        self.driver.retry_reads.unwrap_or(true)
    }

    /// Returns the maximum number of connections to one server.
    pub fn max_pool_size(&self) -> u32 {
        self.driver.max_pool_size.unwrap_or(DEFAULT_MAX_POOL_SIZE)
    }

    pub fn min_pool_size(&self) -> u32 {
        self.driver.min_pool_size.unwrap_or(0)
    }

    /// Returns whether the options set how long to wait for a server.
    pub fn sets_server_selection_timeout(&self) -> bool {
        self.driver.server_selection_timeout.is_some()
    }

    pub fn server_selection_timeout(&self) -> Duration {
        self.driver
            .server_selection_timeout
            .unwrap_or(Duration::from_secs(30))
    }
}
