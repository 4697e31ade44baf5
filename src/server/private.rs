use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::admin::Admin;
use super::connection_string::{SET, USER};
use super::errors::server_error;
use super::guard::{Guard, was_killed};
use super::keeper_process::Launch;
use super::lock_file::{LockFile, LockMode};
use super::mongod::Mongod;
use super::progress::{Progress, StartEvent};
use super::record::Record;
use super::server_folder::ServerFolder;
use super::settings::ServerSettings;
use super::{connection_string, ephemeral, find, secrets, tcp_port};
use crate::mongo::ConnectionString;

/// How long to wait for a server that is being stopped: a little longer than a keeper needs.
const STOPPING: Duration = Duration::from_secs(20);

/// The pause between two checks.
const PAUSE: Duration = Duration::from_millis(20);

/// The use of a private server. The server runs at least until this is dropped, and longer if
/// others use it.
///
/// If the keeper is killed, the server is restarted within about two seconds, with the same URI and
/// data.
#[derive(Debug)]
pub struct Lease {
    uri: ConnectionString,
    record: Record,
    launch: Launch,
    // The order matters: the guard must end before the lock is released.
    _guard: Guard,
    _users: LockFile,
}

impl Lease {
    /// Returns the URI, with the root user `seaworthy`.
    pub fn uri(&self) -> &ConnectionString {
        &self.uri
    }

    /// Returns the server's program and version.
    pub fn mongod(&self) -> &Mongod {
        &self.launch.mongod
    }

    /// Returns its TCP port, if it has one.
    pub fn port(&self) -> Option<u16> {
        self.record.port
    }

    /// Returns the folder of its data, secrets and log.
    pub fn folder(&self) -> &Path {
        self.launch.folder.root()
    }

    /// Returns the keeper's record from the time when this lease began.
    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    pub(super) fn server_folder(&self) -> &ServerFolder {
        &self.launch.folder
    }

    /// Restarts the server immediately if its keeper was killed. Returns whether that was
    /// necessary.
    pub fn revive(&self, progress: &dyn Progress) -> Result<bool> {
        revive(&self.launch, progress)
    }
}

/// Starts the private server, or joins the running one; returns after a majority has acknowledged a
/// write.
///
/// Blocks: do not call it from an async runtime.
///
/// # Errors
/// `Server`: `mongod` was not found or downloaded, or it did not start. The hint contains the end
/// of its log.
pub fn join(settings: &ServerSettings, progress: &dyn Progress) -> Result<Lease> {
    let mongod = find(settings, progress)?;
    ephemeral::sweep(&settings.folders, progress);
    if settings.ephemeral {
        let (folder, users) = ephemeral::create(&settings.folders, progress)?;
        return enter(
            launch(settings, mongod, folder),
            settings.port,
            users,
            progress,
        );
    }
    let folder = ServerFolder::shared(&settings.folders, mongod.version).prepare()?;
    let _start = start_lock(&folder, progress)?;
    // Taken before the check of the server, so that its keeper does not stop it for lack of users.
    let users = LockFile::wait(
        &folder.users_lock(),
        LockMode::Shared,
        STOPPING,
        progress,
        "the server to stop",
    )?;
    enter(
        launch(settings, mongod, folder),
        settings.port,
        users,
        progress,
    )
}

fn launch(settings: &ServerSettings, mongod: Mongod, folder: ServerFolder) -> Launch {
    Launch {
        program: settings.keeper.clone(),
        mongod,
        folder,
        runtime: settings.folders.runtime.clone(),
        sockets: None,
        port: None,
        ephemeral: settings.ephemeral,
        confinement: settings.confinement.clone(),
        limit: settings.start_limit,
    }
}

fn enter(
    mut launch: Launch,
    port: Option<u16>,
    users: LockFile,
    progress: &dyn Progress,
) -> Result<Lease> {
    let record = find_or_start(&mut launch, port, progress)?;
    if port.is_some() && (record.port.is_none() || port != Some(0) && port != record.port) {
        return Err(other_port(record.port));
    }
    // A server that is started again after a crash keeps its port.
    launch.port = record.port;
    let password = secrets::read(&launch.folder.password())?;
    launch.sockets = record.socket.parent().map(Path::to_owned);
    progress.tell(&StartEvent::Ready {
        version: record.version.clone(),
    });
    Ok(Lease {
        uri: connection_string::for_set(USER, &password, SET, [&*record.socket.to_string_lossy()]),
        record,
        _guard: Guard::over(launch.clone()),
        launch,
        _users: users,
    })
}

fn start_lock(folder: &ServerFolder, progress: &dyn Progress) -> Result<LockFile> {
    if let Some(lock) = LockFile::attempt(&folder.start_lock(), LockMode::Exclusive)? {
        return Ok(lock);
    }
    progress.tell(&StartEvent::Waiting {
        whom: "another seaworthy that is starting the server".to_owned(),
    });
    let limit = Duration::from_secs(120);
    LockFile::wait(
        &folder.start_lock(),
        LockMode::Exclusive,
        limit,
        progress,
        "another seaworthy to start the server",
    )
}

/// Returns the record of the running server, checked with a write, or of a new one. The caller
/// holds the start lock, or owns the folder.
fn find_or_start(
    launch: &mut Launch,
    port: Option<u16>,
    progress: &dyn Progress,
) -> Result<Record> {
    let end = Instant::now() + launch.limit;
    let mut told = false;
    while LockFile::is_taken(&launch.folder.keeper_lock()) {
        if let Some(record) = Record::read(&launch.folder.record()) {
            match prove(launch, &record) {
                Ok(()) => return Ok(record),
                // It may have been killed a moment ago; then its keeper restarts it.
                Err(error) if Instant::now() > end => return Err(does_not_answer(error.message())),
                Err(_) if !told => {
                    told = true;
                    progress.tell(&StartEvent::Waiting {
                        whom: "the private server, which runs and does not answer".to_owned(),
                    });
                }
                Err(_) => {}
            }
        } else if Instant::now() > end {
            return Err(does_not_answer("its keeper has not finished starting it"));
        }
        progress.check()?;
        thread::sleep(PAUSE);
    }
    launch.port = match port {
        Some(0) => tcp_port::free(1)?.pop(),
        Some(port) => {
            tcp_port::check(port)?;
            Some(port)
        }
        None => None,
    };
    progress.tell(&StartEvent::Starting {
        version: launch.mongod.version.to_string(),
        folder: launch.folder.root().to_owned(),
    });
    launch.start_keeper(progress)
}

fn other_port(port: Option<u16>) -> Error {
    let runs = match port {
        Some(port) => format!("on the TCP port {port}"),
        None => "without a TCP port".to_owned(),
    };
    server_error(format!("the private server already runs {runs}"))
        .hint("end the programs that use it, run `seaworthy server stop`, and start it again")
}

fn prove(launch: &Launch, record: &Record) -> Result<()> {
    Admin::user(&record.socket, &secrets::read(&launch.folder.password())?)?.write_to_majority()
}

fn does_not_answer(why: &str) -> crate::error::Error {
    server_error(format!(
        "the private server runs, but does not answer: {why}"
    ))
    .hint("`seaworthy server logs` may say why; `seaworthy server stop --force` ends it")
}

/// Restarts the keeper if it was killed and no other user has restarted it yet. Returns whether it
/// did.
pub(super) fn revive(launch: &Launch, progress: &dyn Progress) -> Result<bool> {
    if !was_killed(launch) {
        return Ok(false);
    }
    let _start = start_lock(&launch.folder, progress)?;
    if !was_killed(launch) {
        return Ok(false);
    }
    launch.start_keeper(progress)?;
    progress.tell(&StartEvent::Restarted);
    Ok(true)
}
