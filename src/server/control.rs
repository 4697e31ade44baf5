use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::connection_string::{SET, USER};
use super::errors::{io_error, server_error};
use super::folders::Folders;
use super::lock_file::LockFile;
use super::log_tail::{readable, tail};
use super::mongod::Version;
use super::private::Lease;
use super::progress::Progress;
use super::record::{Record, write_whole};
use super::server_folder::ServerFolder;
use super::{connection_string, secrets};
use crate::mongo::ConnectionString;
use crate::server::confinement::layers::Layers;

/// How long a stop may take: the server's own limit and the keeper's checks.
const STOP_LIMIT: Duration = Duration::from_secs(15);

const PAUSE: Duration = Duration::from_millis(20);

/// The state of the shared private server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its folder, or where it would be.
    pub folder: PathBuf,
    /// The size of that folder in bytes.
    pub size: u64,
    /// The running server, if there is one.
    pub running: Option<Running>,
}

/// A running private server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub version: String,
    pub mongod: PathBuf,
    pub mongod_pid: u32,
    pub uptime: Duration,
    pub socket: PathBuf,
    /// Its TCP port for other programs, if it has one.
    pub port: Option<u16>,
    /// The layers of confinement around it, if it was started by a version that records them.
    pub layers: Option<Layers>,
    /// Whether a program uses it now.
    pub is_used: bool,
    /// Whether `server start` asked it to continue without users.
    pub is_held: bool,
}

/// Returns the state of the shared private server. Starts and downloads nothing.
pub fn status(folders: &Folders) -> Status {
    let folder = current(folders);
    let running = running(&folder).map(|record| Running {
        is_used: is_used(&folder),
        is_held: std::fs::read_to_string(folder.hold())
            .is_ok_and(|text| text.trim() == record.keeper),
        uptime: record.uptime(),
        layers: record.layers,
        version: record.version,
        mongod: record.mongod,
        mongod_pid: record.mongod_pid,
        socket: record.socket,
        port: record.port,
    });
    Status {
        size: size_of(folder.root()),
        folder: folder.root().to_owned(),
        running,
    }
}

/// Returns the URI of the running server, for other programs.
///
/// # Errors
/// `Server`, if it does not run: a server that is started only for this call would end after it.
pub fn uri(folders: &Folders) -> Result<ConnectionString> {
    let folder = current(folders);
    let record = running(&folder).ok_or_else(not_running)?;
    Ok(connection_string::for_set(
        USER,
        &secrets::read(&folder.password())?,
        SET,
        [&*record.socket.to_string_lossy()],
    ))
}

/// Returns the URI of the running server at its TCP port.
///
/// # Errors
/// `Server`, if it does not run or has no TCP port.
pub fn tcp_uri(folders: &Folders) -> Result<ConnectionString> {
    let folder = current(folders);
    let record = running(&folder).ok_or_else(not_running)?;
    let port = record.port.ok_or_else(|| {
        server_error("the private server has no TCP port")
            .hint("`seaworthy server stop`, then `seaworthy server start --tcp`")
    })?;
    let password = secrets::read(&folder.password())?;
    Ok(connection_string::for_port(USER, &password, port))
}

/// Asks the server to continue without users, until [`stop`] is called or its keeper ends.
pub fn hold(lease: &Lease) -> Result<()> {
    // The last request wins: remove an earlier stop request that was not carried out.
    let _ = std::fs::remove_file(lease.server_folder().stop());
    write_whole(&lease.server_folder().hold(), &lease.record().keeper)
}

/// Stops the running server and waits for its end. Returns whether a server was running.
///
/// # Errors
/// `Server`, if other programs use it and `force` is false, or if it does not end.
pub fn stop(folders: &Folders, force: bool) -> Result<bool> {
    let folder = current(folders);
    let Some(record) = running(&folder) else {
        return Ok(false);
    };
    if !force && is_used(&folder) {
        return Err(server_error("other programs use the private server").hint(
            "end them first, or stop the server anyway with `seaworthy server stop --force`",
        ));
    }
    let how = if force { "force" } else { "idle" };
    write_whole(&folder.stop(), &format!("{} {how}", record.keeper))?;
    let end = Instant::now() + STOP_LIMIT;
    while LockFile::is_taken(&folder.keeper_lock()) {
        if Instant::now() > end {
            let _ = std::fs::remove_file(folder.stop());
            return Err(
                server_error("the private server did not stop").hint(format!(
                    "another program may have started to use it; its keeper is process {}",
                    record.keeper_pid
                )),
            );
        }
        thread::sleep(PAUSE);
    }
    Ok(true)
}

/// Returns the last `count` lines of the server's log, in readable form.
pub fn logs(folders: &Folders, count: usize) -> Result<Vec<String>> {
    let log = current(folders).log();
    tail(&log, 0, count).map_err(|cause| {
        io_error("read", &log, &cause)
            .hint("there is a log once the server has been started: `seaworthy server start`")
    })
}

/// Writes every new line of the server's log to `out`, until a write fails or the wait is
/// cancelled.
pub fn follow_logs(folders: &Folders, out: &mut dyn Write, progress: &dyn Progress) -> Result<()> {
    let log = current(folders).log();
    let failed = |cause: std::io::Error| io_error("read", &log, &cause);
    let mut place = log.metadata().map_err(failed)?.len();
    let mut rest = String::new();
    while !progress.is_cancelled() {
        let length = log.metadata().map_or(0, |found| found.len());
        // After a log rotation, the new log starts at 0.
        place = place.min(length);
        let mut file = std::fs::File::open(&log).map_err(failed)?;
        file.seek(SeekFrom::Start(place)).map_err(failed)?;
        let mut bytes = Vec::new();
        place += file.read_to_end(&mut bytes).map_err(failed)? as u64;
        rest.push_str(&String::from_utf8_lossy(&bytes));
        while let Some((line, later)) = rest.split_once('\n') {
            if writeln!(out, "{}", readable(line))
                .and_then(|()| out.flush())
                .is_err()
            {
                return Ok(());
            }
            rest = later.to_owned();
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Returns the folder of the running server; otherwise of the newest version used so far; otherwise
/// the folder where a new server would be.
fn current(folders: &Folders) -> ServerFolder {
    let all = folders.data.join("server");
    let mut found: Vec<(Version, ServerFolder)> = std::fs::read_dir(&all)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                Version::parse(entry.file_name().to_str()?)?,
                ServerFolder::at(entry.path()),
            ))
        })
        .collect();
    found.sort_by_key(|(version, folder)| (running(folder).is_some(), *version));
    found
        .pop()
        .map_or_else(|| ServerFolder::at(all), |(_, folder)| folder)
}

fn running(folder: &ServerFolder) -> Option<Record> {
    let record = Record::read(&folder.record())?;
    LockFile::is_taken(&folder.keeper_lock()).then_some(record)
}

/// Returns whether the server has users. Asks three times, because the keeper takes the lock for
/// short moments.
fn is_used(folder: &ServerFolder) -> bool {
    (0..3).all(|_| {
        let used = LockFile::is_in_use(&folder.users_lock());
        thread::sleep(Duration::from_millis(5));
        used
    })
}

/// Returns the size of a folder and its content, in bytes.
pub fn size_of(folder: &std::path::Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size_of(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

fn not_running() -> Error {
    server_error("the private server is not running")
        .hint("`seaworthy server start` starts it, and holds it until `seaworthy server stop`")
}
