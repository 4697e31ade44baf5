use std::path::Path;
use std::time::Duration;

use bson::{Bson, Document, doc};
use mongodb::error::{Error as DriverError, ErrorKind};
use mongodb::options::{AuthMechanism, ClientOptions, Credential, ServerAddress};
use mongodb::{Client, ClusterTime};
use tokio::runtime::{Builder, Runtime};

use crate::error::server_codes::AUTHENTICATION_FAILED;
use crate::error::{Facts, Result};

use super::connection_string::USER;
use super::errors::{plain, server_error};

/// How long one command may take. The server is on this machine, but `replSetInitiate` writes
/// files, and a busy disk needs seconds for them.
const LIMIT: Duration = Duration::from_secs(30);

/// How long to search for a server that should be running.
const SELECTION: Duration = Duration::from_secs(2);

/// A connection to one server, for set-up commands. It blocks, and has its own small runtime.
pub(super) struct Admin {
    client: Client,
    runtime: Runtime,
}

impl Admin {
    /// Connects as the internal user of the servers, with the text of the key file. This works
    /// before any other user exists.
    pub(super) fn system(socket: &Path, key: &str) -> Result<Self> {
        Self::connect(socket, "__system", key, "local")
    }

    /// Connects as the user in the URI.
    pub(super) fn user(socket: &Path, password: &str) -> Result<Self> {
        Self::connect(socket, USER, password, "admin")
    }

    fn connect(socket: &Path, user: &str, password: &str, source: &str) -> Result<Self> {
        let credential = Credential::builder()
            .username(user.to_owned())
            .password(password.to_owned())
            .source(source.to_owned())
            .mechanism(AuthMechanism::ScramSha256)
            .build();
        let options = ClientOptions::builder()
            .hosts(vec![ServerAddress::Unix {
                path: socket.to_owned(),
            }])
            .direct_connection(true)
            .credential(credential)
            .app_name("seaworthy keeper".to_owned())
            .server_selection_timeout(SELECTION)
            .build();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| server_error(format!("cannot start a runtime: {}", plain(&cause))))?;
        // The client spawns its tasks here, on the runtime that is entered.
        let client = {
            let _entered = runtime.enter();
            Client::with_options(options).map_err(|cause| server_error(words(&cause).0))?
        };
        Ok(Self { client, runtime })
    }

    /// Runs a command on `admin`.
    ///
    /// # Errors
    /// `Server`, with the server's code in its facts.
    pub(super) fn run(&self, command: Document) -> Result<Document> {
        let name = command.keys().next().cloned().unwrap_or_default();
        let database = self.client.database("admin");
        // The timer must be made inside the runtime.
        let answer = self
            .runtime
            .block_on(async { tokio::time::timeout(LIMIT, database.run_command(command)).await });
        match answer {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(cause)) => {
                let (message, code) = words(&cause);
                let facts = Facts {
                    code,
                    ..Facts::default()
                };
                Err(server_error(format!("`{name}` failed: {message}")).with_facts(facts))
            }
            Err(_) => Err(server_error(format!(
                "`{name}` did not answer within {} s",
                LIMIT.as_secs()
            ))),
        }
    }

    /// Writes a note to the oplog and waits until a majority has acknowledged it. No collection
    /// changes.
    pub(super) fn write_to_majority(&self) -> Result<()> {
        self.write_to("majority".into())
    }

    /// Does the same with this `w` of the write concern.
    pub(super) fn write_to(&self, w: Bson) -> Result<()> {
        self.run(doc! {
            "appendOplogNote": 1,
            "data": { "seaworthy": "ready" },
            "writeConcern": { "w": w, "wtimeout": 5000 },
        })
        .map(|_| ())
    }

    /// Sends this member's signed cluster time to another member, as drivers do.
    ///
    /// # Errors
    /// `Server`, for example if a member has just started and does not have the keys for the
    /// signature yet.
    pub(super) fn hand_clock_to(&self, other: &Self) -> Result<()> {
        let clock = self.in_session(None)?;
        // A member without keys sends a cluster time without a signature, which proves nothing.
        match clock.filter(is_signed) {
            Some(clock) => other.in_session(Some(&clock)).map(|_| ()),
            None => Err(server_error("the member does not sign its clock yet")),
        }
    }

    /// Runs a command that needs a login, with the cluster time `clock`, and returns the member's
    /// cluster time.
    fn in_session(&self, clock: Option<&ClusterTime>) -> Result<Option<ClusterTime>> {
        let ask = async {
            let mut session = self.client.start_session().await?;
            if let Some(clock) = clock {
                session.advance_cluster_time(clock);
            }
            let databases = self.client.list_databases().session(&mut session);
            databases.await?;
            Ok::<_, DriverError>(session.cluster_time().cloned())
        };
        match self
            .runtime
            .block_on(async { tokio::time::timeout(LIMIT, ask).await })
        {
            Ok(answer) => answer.map_err(|cause| server_error(words(&cause).0)),
            Err(_) => Err(server_error(format!(
                "a member did not answer within {} s",
                LIMIT.as_secs()
            ))),
        }
    }
}

fn is_signed(clock: &ClusterTime) -> bool {
    let clock = bson::serialize_to_document(clock).unwrap_or_default();
    let signature = clock.get_document("signature");
    signature.is_ok_and(|signature| signature.get_i64("keyId").is_ok_and(|key| key != 0))
}

/// Returns the server's message and its error code.
fn words(cause: &DriverError) -> (String, Option<i32>) {
    match cause.kind.as_ref() {
        ErrorKind::Command(failure) => (failure.message.clone(), Some(failure.code)),
        // The driver replaces the server's code 18 with its own error kind.
        ErrorKind::Authentication { message, .. } => (message.clone(), Some(AUTHENTICATION_FAILED)),
        ErrorKind::ServerSelection { .. } => ("the server cannot be reached".to_owned(), None),
        ErrorKind::Io(cause) => (plain(cause), None),
        other => (other.to_string(), None),
    }
}
