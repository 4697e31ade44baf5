use std::process::Command;

use super::home::shared_mongod;
use super::{RunOutput, Scratch, command};

/// Runs scripts on an ephemeral server, in temporary folders.
pub struct Lab {
    scratch: Scratch,
    sockets: tempfile::TempDir,
}

impl Lab {
    pub fn new() -> Self {
        let sockets = tempfile::Builder::new()
            .prefix("swl-")
            .tempdir_in("/tmp")
            .unwrap();
        Self {
            scratch: Scratch::new(),
            sockets,
        }
    }

    /// Returns a command that runs `script` with these options.
    pub fn command(&self, script: &str, options: &[&str]) -> Command {
        self.scratch.write("script.rhai", script);
        let home = self.scratch.path();
        let mut command = command();
        command
            .args(["-q", "run"])
            .args(options)
            .arg(home.join("script.rhai"))
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_RUNTIME_DIR", self.sockets.path())
            .env("SEAWORTHY_MONGOD", shared_mongod());
        command
    }

    /// Runs `script` on its own server, expects exit code 0 and returns its output.
    pub fn prints(&self, script: &str) -> String {
        self.prints_with(script, &["--ephemeral", "--timeout", "90"])
    }

    /// The same on the private server of these folders, which other scripts may use too.
    pub fn prints_on_the_same_server(&self, script: &str) -> String {
        self.prints_with(script, &["--timeout", "90"])
    }

    fn prints_with(&self, script: &str, options: &[&str]) -> String {
        let ran: RunOutput = self.command(script, options).output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
        ran.out
    }
}
