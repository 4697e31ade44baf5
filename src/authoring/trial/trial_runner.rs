use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::child;
use super::child::RunOutput;
use crate::error::{Error, Kind, Result};
use crate::mongo::{ConnectionString, Interrupt};

/// What stands for the name of a script's database in everything it shows: the name is another one each time.
pub const DATABASE: &str = "<database>";

/// Where scripts are tried out: a server that they share, a database for each of them, and servers of their own for those
/// that ask for one.
pub struct TrialRunner {
    program: PathBuf,
    config: TrialConfig,
    interrupt: Interrupt,
    next: AtomicUsize,
}

/// How trials are run: what the command line decided about servers and processes.
pub struct TrialConfig {
    /// Starts the server that is shared, when the first script needs it, and holds it.
    pub shared: Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>,
    /// Sees to it that a child does not outlive this program.
    pub kill_with_parent: fn(&mut Command),
    /// The mongod that was named.
    pub mongod: Option<PathBuf>,
    /// Whether nothing may be fetched.
    pub offline: bool,
    /// The variable in which scripts of others find the shared server; `None` for one's own scripts.
    pub trial_server: Option<&'static str>,
    /// Further arguments for every script.
    pub arguments: Vec<String>,
}

/// Where a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialPlace {
    /// In a database of its own, on the server that is shared.
    Database,
    /// On a server of its own, which is gone afterwards.
    Server,
}

/// One run of one script.
#[derive(Clone, Copy, Debug)]
pub struct TrialJob<'a> {
    pub script: &'a Path,
    pub place: TrialPlace,
    pub seed: u64,
    pub limit: Duration,
    /// Whether errors are told as JSON, for a program to read.
    pub json: bool,
}

impl TrialRunner {
    /// A runner that `interrupt` calls off.
    ///
    /// # Errors
    /// `Server` where the running program cannot be found again.
    pub fn new(config: TrialConfig, interrupt: Interrupt) -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| {
            Error::new(
                Kind::Server,
                format!("seaworthy cannot find itself: {error}"),
            )
        })?;
        Ok(Self {
            program,
            config,
            interrupt,
            next: AtomicUsize::new(1),
        })
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Whether everything is called off.
    pub fn is_called_off(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }

    /// Runs a script to its end. It is called by its file's name, from the folder it lies in, so that what it shows does
    /// not depend on where that is.
    ///
    /// # Errors
    /// `Server` where no server starts, or the program does not.
    pub fn run(&self, job: TrialJob) -> Result<RunOutput> {
        if self.is_called_off() {
            return Ok(RunOutput::called_off());
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let database = format!("trial_{}_{number}", std::process::id());
        let mut command = self.command(&job);
        if job.place == TrialPlace::Database {
            command.args(["--db", &database]);
            let uri = (self.config.shared)()?;
            match self.config.trial_server {
                Some(variable) => {
                    command.env(variable, uri.expose());
                }
                None => {
                    for host in uri.hosts() {
                        command.arg("--allow-changes").arg(host);
                    }
                    command.env("MONGODB_URI", uri.expose());
                }
            }
        } else {
            command.arg("--ephemeral");
        }
        (self.config.kill_with_parent)(&mut command);
        let mut ran = child::run(command, job.limit + SLACK, &self.interrupt)?;
        ran.out = ran.out.replace(&database, DATABASE);
        ran.errors = ran.errors.replace(&database, DATABASE);
        Ok(ran)
    }

    fn command(&self, job: &TrialJob) -> Command {
        let mut command = Command::new(&self.program);
        let folder = job
            .script
            .parent()
            .filter(|folder| *folder != Path::new(""));
        command.current_dir(folder.unwrap_or(Path::new(".")));
        let mut file = PathBuf::from(job.script.file_name().unwrap_or_default());
        // What begins with a dash would be an option.
        if file.to_string_lossy().starts_with('-') {
            file = Path::new(".").join(file);
        }
        command.args(["--quiet", "--seed", &job.seed.to_string()]);
        command.args(["--timeout", &job.limit.as_secs_f64().to_string()]);
        if job.json {
            command.arg("--json");
        }
        if self.config.trial_server.is_some() {
            command.arg("--confined");
        }
        command.args(&self.config.arguments);
        if self.config.offline {
            command.arg("--offline");
        }
        command.arg("run").arg(file);
        command.env_remove("MONGODB_URI").env_remove("NO_COLOR");
        match self.mongod() {
            Some(mongod) => command.env("SEAWORTHY_MONGOD", mongod),
            None => command.env_remove("SEAWORTHY_MONGOD"),
        };
        command
    }

    /// The mongod that was named, from any folder.
    fn mongod(&self) -> Option<OsString> {
        let named = self.config.mongod.as_ref()?;
        let absolute = std::path::absolute(named).unwrap_or_else(|_| named.clone());
        Some(absolute.into_os_string())
    }
}

/// What a script that ends itself in time may take longer: its servers have to stop.
const SLACK: Duration = Duration::from_secs(15);
