use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use seaworthy::server::{self, Folders, ReplicaSet, ServerSettings, SetOptions, Silent};

use super::Home;
use super::home::shared_mongod;

/// Another process that uses the server and that a test can kill. It is this test program again.
pub struct User {
    child: Child,
    lines: Option<BufReader<std::process::ChildStdout>>,
}

impl User {
    /// Starts a user of the shared or an ephemeral server. Does not wait until it has joined.
    pub fn start(home: &Home, ephemeral: bool) -> Self {
        Self::acting(home, if ephemeral { "ephemeral" } else { "shared" })
    }

    /// Starts a process that owns a replica set of three.
    pub fn with_set(home: &Home) -> Self {
        Self::acting(home, "set")
    }

    fn acting(home: &Home, role: &str) -> Self {
        let folders = &home.folders;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "support::user::act_as_user",
                "--ignored",
                "--nocapture",
            ])
            .env("ACT_DATA", &folders.data)
            .env("ACT_STATE", &folders.state)
            .env("ACT_CACHE", &folders.cache)
            .env("ACT_RUNTIME", folders.runtime.as_ref().unwrap())
            .env("ACT_MONGOD", shared_mongod())
            .env("ACT_ROLE", role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = child.stdout.take().map(BufReader::new);
        Self { child, lines }
    }

    /// Waits until it has joined, and returns its URI.
    pub fn uri(&mut self) -> String {
        let lines = self.lines.as_mut().unwrap();
        lines
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("JOINED ").map(|(_, uri)| uri.to_owned()))
            .expect("the user joins")
    }

    pub fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends the process normally.
    pub fn finish(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "not a test: the second process of other tests"]
fn act_as_user() {
    let Some(data) = std::env::var_os("ACT_DATA") else {
        return;
    };
    let path = |name: &str| PathBuf::from(std::env::var_os(name).unwrap());
    let folders = Folders {
        data: data.into(),
        state: path("ACT_STATE"),
        cache: path("ACT_CACHE"),
        runtime: Some(path("ACT_RUNTIME")),
    };
    let mut settings = ServerSettings::new(folders);
    settings.keeper = Some(env!("CARGO_BIN_EXE_seaworthy").into());
    settings.mongod = Some(path("ACT_MONGOD"));
    let role = path("ACT_ROLE");
    settings.ephemeral = role.as_os_str() == "ephemeral";
    let (_set, _lease);
    if role.as_os_str() == "set" {
        let mongod = server::find(&settings, &Silent).unwrap();
        let set = ReplicaSet::start(SetOptions::private(3), &mongod, &settings, &Silent).unwrap();
        println!("JOINED {}", set.uri().expose());
        _set = set;
    } else {
        let lease = server::join(&settings, &Silent).unwrap();
        println!("JOINED {}", lease.uri().expose());
        _lease = lease;
    }
    // Waits until `finish` or the end of the test closes stdin.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
