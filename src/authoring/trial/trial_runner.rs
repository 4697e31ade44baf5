use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::child;
use super::child::RunOutput;
use tempfile::TempDir;

use crate::error::{Error, Kind, Result, system_words};
use crate::mongo::{ConnectionString, Interrupt};
use crate::record::{LAST, StoredRecordings};

/// The placeholder for the name of a script's database in its output. The name differs in each run.
pub const DATABASE: &str = "<database>";

/// Runs scripts, each in its own database on a shared server, or on its own server.
pub struct TrialRunner {
    program: PathBuf,
    config: TrialConfig,
    interrupt: Interrupt,
    next: AtomicUsize,
}

/// The configuration of a [`TrialRunner`], from the command line.
pub struct TrialConfig {
    /// Starts the shared server at the first call. Later calls return the same server.
    pub shared: Box<dyn Fn() -> Result<ConnectionString> + Send + Sync>,
    /// Makes the system kill the child when this program ends.
    pub kill_with_parent: fn(&mut Command),
    /// The mongod that the user named.
    pub mongod: Option<PathBuf>,
    /// Whether downloads are forbidden.
    pub offline: bool,
    /// The environment variable with the shared server's URI for untrusted scripts; else `None`.
    pub trial_server: Option<&'static str>,
    /// The environment variable with the file for the recording of a script, if scripts are
    /// recorded.
    pub recording: Option<&'static str>,
    /// Further arguments for every script.
    pub arguments: Vec<String>,
}

/// The place where a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialPlace {
    /// In its own database on the shared server.
    Database,
    /// On its own temporary server.
    Server,
}

/// One run of one script.
#[derive(Clone, Copy, Debug)]
pub struct TrialJob<'a> {
    pub script: &'a Path,
    pub place: TrialPlace,
    pub seed: u64,
    pub limit: Duration,
    /// Whether errors are printed as JSON.
    pub json: bool,
}

impl TrialRunner {
    /// Creates a runner that `interrupt` cancels.
    ///
    /// # Errors
    /// `Server` if the path of the running program is unknown.
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

    /// Returns whether the user cancelled the runs.
    pub fn is_cancelled(&self) -> bool {
        self.interrupt.stopped_by_now().is_some()
    }

    /// Runs a script to its end.
    ///
    /// It runs in the script's folder, so that the output does not depend on the folder.
    ///
    /// # Errors
    /// `Server` if the server or the program cannot be started.
    pub fn run(&self, job: TrialJob) -> Result<RunOutput> {
        if self.is_cancelled() {
            return Ok(RunOutput::cancelled());
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
        let recordings = match self.config.recording {
            Some(variable) => Some((variable, recordings_folder()?)),
            None => None,
        };
        if let Some((variable, folder)) = &recordings {
            command.env(
                variable,
                StoredRecordings::in_folder(folder.path()).file(LAST),
            );
        }
        let mut ran = child::run(command, job.limit + SLACK, &self.interrupt)?;
        ran.recording = recordings.and_then(|(_, folder)| {
            // A script that was killed leaves none.
            StoredRecordings::in_folder(folder.path()).load(LAST).ok()
        });
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
        // A name that begins with a dash would be parsed as an option.
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

    /// Returns the absolute path of the mongod that the user named.
    fn mongod(&self) -> Option<OsString> {
        let named = self.config.mongod.as_ref()?;
        let absolute = std::path::absolute(named).unwrap_or_else(|_| named.clone());
        Some(absolute.into_os_string())
    }
}

/// Creates the folder for the recording of one run.
fn recordings_folder() -> Result<TempDir> {
    tempfile::tempdir().map_err(|error| {
        let why = system_words(&error);
        Error::new(
            Kind::Server,
            format!("a temporary folder cannot be created: {why}"),
        )
        .hint("make room in the folder for temporary files")
    })
}

/// The extra time for a script that ends within its limit, to stop its servers.
const SLACK: Duration = Duration::from_secs(15);
