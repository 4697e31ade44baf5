use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

use super::folders::Folders;
use crate::server::confinement::settings::ConfinementSettings;
use crate::server::install::archives::Archives;

/// The caller's settings for servers. Only the caller reads the environment.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The `mongod` to use, from `--mongod` or `SEAWORTHY_MONGOD`.
    pub mongod: Option<PathBuf>,
    /// Why `mongod` was not found, if the process that started this one searched for it.
    pub without_mongod: Option<Error>,
    /// Where to search for programs: the value of `PATH`.
    pub path: Option<OsString>,
    /// Whether downloads are forbidden.
    pub offline: bool,
    /// Where to download MongoDB's archives from; `None` to use only the wheel.
    pub archives: Option<Archives>,
    /// Whether the server gets a new folder that is deleted when it ends.
    pub ephemeral: bool,
    /// The folders of the program.
    pub folders: Folders,
    /// The program to run as keeper (`PROGRAM keeper …`); `None` for the running program.
    pub keeper: Option<PathBuf>,
    /// The TCP port that a new private server gets for other programs, or 0 for any free one.
    pub port: Option<u16>,
    /// How servers are confined.
    pub confinement: ConfinementSettings,
    /// How long a start may take before it fails.
    pub start_limit: Duration,
}

impl ServerSettings {
    /// Creates settings for these folders, with defaults for everything else.
    pub fn new(folders: Folders) -> Self {
        Self {
            mongod: None,
            without_mongod: None,
            path: None,
            offline: false,
            archives: Some(Archives::default()),
            ephemeral: false,
            folders,
            keeper: None,
            port: None,
            confinement: ConfinementSettings::default(),
            start_limit: Duration::from_secs(60),
        }
    }
}
