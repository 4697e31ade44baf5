use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, set_parent_process_death_signal, waitid,
};

use super::home::shared_mongod;
use super::{RunOutput, command, eventually};

/// A standalone `mongod` on a TCP port, without users. It ends with the test.
pub struct BareServer {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl BareServer {
    /// Starts a server with these additional options.
    pub fn start(options: &[&str]) -> Self {
        Self::start_at(free_port(), options)
    }

    /// Starts a server on this port.
    pub fn start_at(port: u16, options: &[&str]) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut command = Command::new(shared_mongod());
        command
            .args(["--bind_ip", "127.0.0.1", "--nounixsocket", "--port"])
            .arg(port.to_string())
            .arg("--dbpath")
            .arg(folder.path())
            .args(["--wiredTigerCacheSizeGB", "0.25"])
            .args(["--setParameter", "diagnosticDataCollectionEnabled=false"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        // SAFETY: one system call between fork and exec.
        unsafe {
            command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
        }
        let child = command.spawn().unwrap();
        eventually("the bare server listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    /// Stops the process (SIGSTOP) and waits until it is stopped.
    pub fn pause(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
        let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(self.pid()), options).unwrap();
    }

    pub fn resume(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed()).unwrap()
    }

    /// Returns a command of the program that connects to this server under the name `host`.
    pub fn command(&self, host: &str, options: &str) -> Command {
        let mut command = command();
        let uri = format!("mongodb://{host}:{}/?{options}", self.port);
        command.env("MONGODB_URI", uri);
        command
    }

    pub fn eval(&self, host: &str, options: &str, code: &str) -> RunOutput {
        let mut command = self.command(host, options);
        command.args(["eval", code]).output().unwrap().into()
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
