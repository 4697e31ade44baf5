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

/// How long one command may take: the server is on this machine.
const LIMIT: Duration = Duration::from_secs(10);

/// How long to look for a server that should be there.
const SELECTION: Duration = Duration::from_secs(2);

/// A connection to one server for the commands that set it up, blocking, with a small runtime of its own.
pub struct Admin {
    client: Client,
    runtime: Runtime,
}

impl Admin {
    /// As the servers' own user, who is proven by the text of the key file, before there is any other user.
    pub fn system(socket: &Path, key: &str) -> Result<Self> {
        Self::connect(socket, "__system", key, "local")
    }

    /// As the user whom the URI names.
    pub fn user(socket: &Path, password: &str) -> Result<Self> {
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
        // The client's own tasks are spawned at once, onto the runtime that is entered.
        let client = {
            let _entered = runtime.enter();
            Client::with_options(options).map_err(|cause| server_error(words(&cause).0))?
        };
        Ok(Self { client, runtime })
    }

    /// Runs a command on `admin`.
    ///
    /// # Errors
    /// `Server`, with the server's code among its facts.
    pub fn run(&self, command: Document) -> Result<Document> {
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

    /// Writes a note to the oplog and waits until a majority has acknowledged it; leaves nothing in any collection.
    pub fn write_to_majority(&self) -> Result<()> {
        self.write_to("majority".into())
    }

    /// The same, with that `w` of a write concern.
    pub fn write_to(&self, w: Bson) -> Result<()> {
        self.run(doc! {
            "appendOplogNote": 1,
            "data": { "seaworthy": "ready" },
            "writeConcern": { "w": w, "wtimeout": 5000 },
        })
        .map(|_| ())
    }

    /// Hands another member the set's clock as this one signs it, the way clients carry it from one to the next.
    ///
    /// # Errors
    /// `Server`; a member that has just been started may not have the keys yet to which the signature belongs.
    pub fn hand_clock_to(&self, other: &Self) -> Result<()> {
        let clock = self.in_session(None)?;
        // One without the keys itself sends a clock without a signature, which proves nothing.
        match clock.filter(is_signed) {
            Some(clock) => other.in_session(Some(&clock)).map(|_| ()),
            None => Err(server_error("the member does not sign its clock yet")),
        }
    }

    /// Asks for something that needs a login, carrying `clock`, and returns the member's own.
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

/// The server's words and its code.
fn words(cause: &DriverError) -> (String, Option<i32>) {
    match cause.kind.as_ref() {
        ErrorKind::Command(failure) => (failure.message.clone(), Some(failure.code)),
        // The driver hides the server's code 18 behind a kind of its own.
        ErrorKind::Authentication { message, .. } => (message.clone(), Some(AUTHENTICATION_FAILED)),
        ErrorKind::ServerSelection { .. } => ("the server cannot be reached".to_owned(), None),
        ErrorKind::Io(cause) => (plain(cause), None),
        other => (other.to_string(), None),
    }
}
