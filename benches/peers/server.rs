use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Result;

/// Where the peers are installed and everything of a run lies.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers")
}

/// The server of a run, started by the built program in folders of its own.
pub struct Server {
    pub uri: String,
    // Before the folders: they can go when the server has no user any more.
    user: User,
    home: Home,
    /// The folders in which no server runs when a run begins.
    idle: Home,
}

impl Server {
    pub fn start() -> Result<Self> {
        let home = Home::new()?;
        let user = User::of(&home)?;
        let uri = succeed(home.seaworthy().args(["server", "uri"]))?;
        // The other server's data folder exists before anything is measured: the first start makes it.
        let idle = Home::new()?;
        succeed(
            idle.seaworthy()
                .args(["eval", "db.fruit.insert_one(#{ n: 1 })"]),
        )?;
        // The telemetry of mongosh would be sent while it is measured.
        let quiet = target().join("js/node_modules/.bin/mongosh");
        let _ = succeed(home.command(&quiet).args([
            "--nodb",
            "--quiet",
            "--eval",
            "disableTelemetry()",
        ]));
        Ok(Self {
            uri: uri.trim().to_owned(),
            user,
            home,
            idle,
        })
    }

    /// A command in the folders of this run.
    pub fn command(&self, program: &Path) -> Command {
        self.home.command(program)
    }

    /// The built program in the folders where no server runs.
    pub fn without_a_server(&self) -> Command {
        self.idle.seaworthy()
    }

    /// Ends the server that such a run has left behind, if it has not gone by itself.
    pub fn stop_idle(&self) -> Result<()> {
        succeed(self.idle.seaworthy().args(["server", "stop", "--force"])).map(drop)
    }

    pub fn stop(self) -> Result<()> {
        self.stop_idle()?;
        drop(self.user);
        succeed(self.home.seaworthy().args(["server", "stop", "--force"])).map(drop)
    }
}

/// A script that does nothing but use the server, which is there for as long as somebody does: a run that is killed takes
/// it along, and the server stops by itself. `server start` would hold it for ever.
struct User(Child);

impl User {
    /// Starts the server of `home`.
    fn of(home: &Home) -> Result<Self> {
        let mut command = home.seaworthy();
        command
            .args(["--quiet", "eval"])
            .arg("client.ping(); print(\"ready\"); loop { sleep(3600); }")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        seaworthy::server::die_with_parent(&mut command);
        let mut user = Self(command.spawn()?);
        let mut line = String::new();
        if let Some(output) = user.0.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        if line.trim() != "ready" {
            return Err("the server does not start".into());
        }
        Ok(user)
    }
}

impl Drop for User {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One user's folders. The path of the sockets has to be short, and so they lie elsewhere.
struct Home {
    folder: TempDir,
    runtime: TempDir,
}

impl Home {
    fn new() -> Result<Self> {
        std::fs::create_dir_all(target())?;
        Ok(Self {
            folder: TempDir::with_prefix_in("home-", target())?,
            runtime: TempDir::with_prefix("sw")?,
        })
    }

    fn seaworthy(&self) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_seaworthy")))
    }

    fn command(&self, program: &Path) -> Command {
        let home = self.folder.path();
        let mut command = Command::new(program);
        command
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_RUNTIME_DIR", self.runtime.path())
            // Shared by all runs: the `mongod` that is fetched lies there.
            .env("XDG_CACHE_HOME", target().join("cache"));
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A run that failed leaves no server either; one that has stopped it already is told so, which is fine.
        let _ = self
            .seaworthy()
            .args(["server", "stop", "--force"])
            .output();
    }
}

fn succeed(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
