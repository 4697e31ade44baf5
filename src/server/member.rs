use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::error::{Error, Result};

use super::die_with_parent::die_with_parent;
use super::errors::{io_error, plain, server_error};
use super::failed_start::failed_start;
use super::log_tail::first_line;
use super::private_folder;
use super::progress::Progress;
use crate::server::confinement::TcpPorts;
use crate::server::confinement::accessible::Accessible;
use crate::server::confinement::layers::Layers;
use crate::server::confinement::order::LaunchOrder;
use crate::server::confinement::settings::ConfinementSettings;

/// A log larger than this is rotated, in bytes. One older log is kept.
const LONGEST_LOG: u64 = 8 << 20;

/// The address of servers with a TCP port: other machines cannot reach it.
pub(super) const LOOPBACK: &str = "127.0.0.1";

/// The pause between two checks of a process that starts or stops.
const PAUSE: Duration = Duration::from_millis(5);

/// The plan of one `mongod` process: its program and its paths.
#[derive(Clone, Debug)]
pub struct MemberPlan {
    pub mongod: PathBuf,
    /// The name of the replica set.
    pub set: String,
    /// The folder of the databases.
    pub db: PathBuf,
    /// The Unix socket on which it listens.
    pub socket: PathBuf,
    /// The TCP ports of a server for other programs. Without them it listens only on its socket, and
    /// the socket is its address in the set.
    pub tcp: Option<TcpPorts>,
    /// Whether fail points work. They need no login, so a server with a TCP port and data of the
    /// user has none.
    pub has_fail_points: bool,
    pub key_file: PathBuf,
    pub log: PathBuf,
    /// An empty folder for the server's view of the file system.
    pub view: PathBuf,
    pub confinement: ConfinementSettings,
    /// The program to run as launcher; `None` for the running program.
    pub seaworthy: Option<PathBuf>,
    /// The size of the oplog in MB.
    pub oplog_mb: u32,
}

impl MemberPlan {
    fn command(&self) -> Command {
        let order = LaunchOrder {
            accessible: self.accessible(),
            root: self.view.clone(),
            settings: self.confinement.clone(),
            tcp: self.tcp.clone(),
            tell: None,
            parent: std::process::id(),
        };
        let mut command = order.command(self.seaworthy.as_deref(), &self.mongod);
        command.arg("--dbpath").arg(&self.db);
        // Without a second socket in a shared folder.
        let mut addresses = self.socket.clone().into_os_string();
        if let Some(ports) = &self.tcp {
            addresses.push(",");
            addresses.push(LOOPBACK);
            command.arg("--port").arg(ports.own.to_string());
        }
        command
            .arg("--bind_ip")
            .arg(addresses)
            .arg("--nounixsocket");
        command
            .arg("--replSet")
            .arg(&self.set)
            .arg("--keyFile")
            .arg(&self.key_file)
            .arg("--auth");
        command.arg("--logpath").arg(&self.log).args([
            "--logappend",
            "--logRotate",
            "reopen",
            "--quiet",
        ]);
        command.arg("--oplogSize").arg(self.oplog_mb.to_string());
        command.args(["--wiredTigerCacheSizeGB", "0.25"]);
        // With the defaults, the journal needs 300 MB, and each start writes all of it.
        command.args([
            "--wiredTigerEngineConfigString",
            "log=(file_max=16MB,prealloc=false)",
        ]);
        if self.confinement.for_others {
            command.arg("--noscripting");
        }
        let test_commands = format!("enableTestCommands={}", u8::from(self.has_fail_points));
        let parameters = [
            "diagnosticDataCollectionEnabled=false",
            "enableLocalhostAuthBypass=0",
            &test_commands,
            // A secondary whose sync source no longer answers takes another one after about two
            // seconds. The default is ten, and majority writes wait for it.
            "oplogNetworkTimeoutBufferSeconds=1",
            "oplogRetriedFindMaxSeconds=1",
            "shutdownTimeoutMillisForSignaledShutdown=0",
        ];
        command.args(
            parameters
                .iter()
                .flat_map(|parameter| ["--setParameter", parameter]),
        );
        command
    }

    /// Returns the files it may use: its program, key, data, log, and the sockets of its set.
    fn accessible(&self) -> Accessible {
        let folder = |file: &Path| file.parent().unwrap_or(Path::new("/")).to_owned();
        Accessible::to_run(&self.mongod)
            .and_read(&self.key_file)
            .and_write(&self.db)
            .and_write(folder(&self.log))
            .and_write(folder(&self.socket))
    }
}

/// One `mongod` process. It ends with the thread that started it, and when this is dropped.
#[derive(Debug)]
pub struct Member {
    plan: MemberPlan,
    child: Option<Child>,
    /// The position in the log where this start begins, in bytes.
    log_start: u64,
    /// The layers of confinement around the running process, once they are known.
    layers: Option<Layers>,
}

impl Member {
    /// Creates a member that is not running yet.
    pub fn new(plan: MemberPlan) -> Self {
        Self {
            plan,
            child: None,
            log_start: 0,
            layers: None,
        }
    }

    pub fn plan(&self) -> &MemberPlan {
        &self.plan
    }

    /// Returns its process number while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns the layers of confinement around the process, once it accepts connections.
    pub fn layers(&self) -> Option<&Layers> {
        self.layers.as_ref()
    }

    /// Starts the process; does not wait until it is ready: see
    /// [`wait_for_socket`](Self::wait_for_socket).
    ///
    /// The calling thread must live as long as the member.
    pub fn start(&mut self) -> Result<()> {
        let logs = self.plan.log.parent().unwrap_or(Path::new("/"));
        for folder in [self.plan.db.as_path(), logs, &self.plan.view] {
            private_folder::ensure(folder)?;
        }
        self.layers = None;
        put_log_aside(&self.plan.log)?;
        let log = open_log(&self.plan.log)?;
        self.log_start = log.metadata().map_or(0, |found| found.len());
        // A killed server leaves its socket behind. Remove it, so that it is not taken for a
        // running server.
        let _ = std::fs::remove_file(&self.plan.socket);
        let errors = log
            .try_clone()
            .map_err(|cause| io_error("open", &self.plan.log, &cause))?;
        let mut command = self.plan.command();
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        die_with_parent(&mut command);
        let child = command.spawn().map_err(|cause| {
            server_error(format!(
                "cannot run `{}`: {}",
                self.plan.mongod.display(),
                plain(&cause)
            ))
        })?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until it accepts connections, at most until `end`.
    ///
    /// # Errors
    /// `Server`, with the end of the log, if it ends or is too slow.
    pub fn wait_for_socket(&mut self, end: Instant, progress: &dyn Progress) -> Result<()> {
        let waiting_for = "its socket to take connections";
        while UnixStream::connect(&self.plan.socket).is_err() {
            self.check_alive(waiting_for)?;
            progress.check()?;
            if Instant::now() > end {
                return Err(self.failed(waiting_for));
            }
            thread::sleep(PAUSE);
        }
        self.layers = first_line(&self.plan.log, self.log_start)
            .as_deref()
            .and_then(Layers::from_line);
        Ok(())
    }

    /// Returns an error with the end of the log, if the process has ended.
    pub fn check_alive(&mut self, waiting_for: &str) -> Result<()> {
        match self.ended() {
            Some(status) => Err(failed_start(
                waiting_for,
                status,
                &self.plan,
                self.log_start,
            )),
            None => Ok(()),
        }
    }

    /// Returns an error with the end of the log, for a wait that took too long.
    pub fn failed(&self, waiting_for: &str) -> Error {
        failed_start(waiting_for, None, &self.plan, self.log_start)
    }

    /// Returns `None` while it runs; afterwards its exit status, if that is known.
    pub fn ended(&mut self) -> Option<Option<ExitStatus>> {
        let Some(child) = &mut self.child else {
            return Some(None);
        };
        let status = child.try_wait().ok().flatten()?;
        self.child = None;
        Some(Some(status))
    }

    /// Shuts it down normally, or kills it after `limit`.
    pub fn stop(&mut self, limit: Duration) {
        self.signal(Signal::TERM);
        // A paused process does not handle the first signal.
        self.signal(Signal::CONT);
        let end = Instant::now() + limit;
        while self.ended().is_none() {
            if Instant::now() > end {
                self.kill();
                return;
            }
            thread::sleep(PAUSE);
        }
        let _ = std::fs::remove_file(&self.plan.socket);
    }

    /// Kills it, like `kill -9`. Acknowledged writes are in the journal and are not lost.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_file(&self.plan.socket);
    }

    /// Makes it hang: connections stay open, but it does not answer after this returns.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        if let Some(pid) = self.process() {
            // The signal needs a moment. If the process ends instead, `ended` reports it.
            let stopped_or_over =
                WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let _ = waitid(WaitId::Pid(pid), stopped_or_over);
        }
    }

    /// Continues it after [`pause`](Self::pause).
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Rotates the log if it is too large. The server continues in a new file.
    pub fn bound_log(&self) {
        let long = self
            .plan
            .log
            .metadata()
            .is_ok_and(|found| found.len() > LONGEST_LOG);
        if long && put_log_aside(&self.plan.log).is_ok() {
            self.signal(Signal::USR1);
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.process() {
            let _ = kill_process(pid, signal);
        }
    }

    /// The child has not been waited for, so the system has not reused its number.
    fn process(&self) -> Option<Pid> {
        self.pid().and_then(|pid| Pid::from_raw(pid.cast_signed()))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.kill();
    }
}

fn put_log_aside(log: &Path) -> Result<()> {
    if !log.metadata().is_ok_and(|found| found.len() > LONGEST_LOG) {
        return Ok(());
    }
    let older = log.with_extension("log.1");
    std::fs::rename(log, &older).map_err(|cause| io_error("rename", log, &cause))
}

fn open_log(log: &Path) -> Result<File> {
    let opened = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(log);
    opened.map_err(|cause| io_error("open", log, &cause))
}
