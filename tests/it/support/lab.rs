use std::process::Command;

use super::home::shared_mongod;
use super::{RunOutput, Scratch, command};

/// Runs scripts on an ephemeral server, in folders that are gone afterwards.
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

    /// The program, about to run `script` with these options.
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

    /// Runs `script`, which has to get to its end, on a server of its own, and gives what it printed.
    pub fn prints(&self, script: &str) -> String {
        self.prints_with(script, &["--ephemeral", "--timeout", "90"])
    }

    /// The same on the private server of these folders, beside others that use it.
    pub fn prints_on_the_same_server(&self, script: &str) -> String {
        self.prints_with(script, &["--timeout", "90"])
    }

    fn prints_with(&self, script: &str, options: &[&str]) -> String {
        let ran: RunOutput = self.command(script, options).output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
        ran.out
    }
}
