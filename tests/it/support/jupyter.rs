use std::path::PathBuf;
use std::process::Command;

use seaworthy::mongo::ConnectionString;

use super::{RunOutput, Scratch, SharedServer, command, python_command, shared_mongod};

/// Folders in which Jupyter finds the kernel of this program.
pub struct Jupyter {
    pub home: Scratch,
    /// Unix sockets need a short path.
    sockets: tempfile::TempDir,
    database: String,
    /// The server of `MONGODB_URI`; without one, kernels start a private server.
    uri: Option<&'static str>,
}

impl Jupyter {
    /// Installs the kernel for a database, with these options. It may run lessons.
    pub fn new(database: &str, options: &[&str]) -> Self {
        let hosts = ConnectionString::new(SharedServer::get().uri()).hosts();
        let jupyter = Self::for_scripts(database);
        jupyter.install(&[&["--allow-changes", &hosts[0]], options].concat());
        jupyter
    }

    /// Returns the folders without a kernel.
    pub fn for_scripts(database: &str) -> Self {
        Self {
            uri: Some(SharedServer::get().uri()),
            ..Self::private(database)
        }
    }

    /// Returns the folders without a kernel and without a server.
    pub fn private(database: &str) -> Self {
        Self {
            uri: None,
            home: Scratch::new(),
            sockets: tempfile::Builder::new()
                .prefix("swk-")
                .tempdir_in("/tmp")
                .unwrap(),
            database: database.to_owned(),
        }
    }

    pub fn install(&self, options: &[&str]) {
        let mut program = command();
        let program = self.set(&mut program).args(["kernel", "install", "--db"]);
        let done = program.arg(&self.database).args(options).output().unwrap();
        let installed: RunOutput = done.into();
        assert_eq!(installed.code, Some(0), "{}", installed.errors);
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Makes a program use only folders of this test.
    pub fn set<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let home = self.home.path();
        match self.uri {
            Some(uri) => command.env("MONGODB_URI", uri),
            None => command.env_remove("MONGODB_URI"),
        };
        command
            .current_dir(home)
            .env("HOME", home)
            .env("JUPYTER_DATA_DIR", self.data())
            .env("JUPYTER_RUNTIME_DIR", home.join("runtime"))
            .env("JUPYTER_CONFIG_DIR", home.join("config"))
            .env("IPYTHONDIR", home.join("ipython"))
            .env("SEAWORTHY_SOCKETS", self.sockets.path())
            .env("XDG_RUNTIME_DIR", self.sockets.path())
            .env("SEAWORTHY_MONGOD", shared_mongod())
    }

    /// Runs a Python program of `tests/tools`, which must succeed. Returns what it prints.
    pub fn python(&self, program: &str, args: &[&str]) -> String {
        self.tool(&mut python_command(program), args)
    }

    /// Runs a program of `tests/tools`, which must succeed. Returns what it prints.
    pub fn tool(&self, tool: &mut Command, args: &[&str]) -> String {
        let done: RunOutput = self.set(tool).args(args).output().unwrap().into();
        assert_eq!(
            done.code,
            Some(0),
            "{tool:?}\n{}\n{}",
            done.out,
            done.errors
        );
        format!("{}{}", done.out, done.errors)
    }

    /// Runs this program.
    pub fn run(&self, args: &[&str]) -> RunOutput {
        let mut program = command();
        let done = self.set(&mut program).args(args).output();
        done.unwrap().into()
    }

    pub fn check(&self, name: &str) {
        self.python("kernel_checks.py", &[name]);
    }
}
