use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Result;

use super::errors::server_error;
use super::private_folder;

/// The file that says how far learners came.
const PROGRESS: &str = "progress.json";

/// The folders of this program, each of them our own (`…/seaworthy`), none of them made yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Databases that persist.
    pub data: PathBuf,
    /// What can be fetched again: `mongod` itself.
    pub cache: PathBuf,
    /// Sockets; `None` where the session has no such folder, and a short one in `/tmp` is used.
    pub runtime: Option<PathBuf>,
    /// Databases that live no longer than a run.
    pub state: PathBuf,
}

impl Folders {
    /// How far learners came. It is apart from the databases, since runs that are confined can write to it.
    pub fn progress(&self) -> PathBuf {
        self.data.join("progress")
    }

    /// The same, made if it is not there.
    ///
    /// # Errors
    /// `Server` if it cannot be made.
    pub fn make_progress_folder(&self) -> Result<PathBuf> {
        let folder = self.progress();
        private_folder::ensure(&folder)?;
        Ok(folder)
    }

    /// Moves the file of an earlier version, which kept it in the data folder itself, to where it is now.
    pub fn move_old_progress(&self) {
        let (old, new) = (self.data.join(PROGRESS), self.progress().join(PROGRESS));
        if old.exists() && !new.exists() && self.make_progress_folder().is_ok() {
            // A folder that takes nothing is reported when progress is written.
            let _ = std::fs::rename(old, new);
        }
    }

    /// The folders by the XDG rules. `lookup` is asked for variables of the environment.
    ///
    /// # Errors
    /// `Server`, if neither `HOME` nor all of the XDG variables are set.
    ///
    /// ```
    /// use seaworthy::server::Folders;
    ///
    /// let folders = Folders::from_xdg(|name| (name == "HOME").then(|| "/home/ada".into()))?;
    /// assert_eq!(folders.data, std::path::Path::new("/home/ada/.local/share/seaworthy"));
    /// assert_eq!(folders.runtime, None);
    /// # Ok::<(), seaworthy::error::Error>(())
    /// ```
    pub fn from_xdg(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        // The rules say that a relative path is to be ignored.
        let absolute = |name: &str| {
            lookup(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let home = absolute("HOME");
        let base = |name: &str, below_home: &str| {
            absolute(name)
                .or_else(|| home.as_ref().map(|home| home.join(below_home)))
                .map(|base| base.join("seaworthy"))
                .ok_or_else(|| {
                    server_error(format!("neither `HOME` nor `{name}` names a folder"))
                        .hint("set `HOME` to your home folder")
                })
        };
        Ok(Self {
            data: base("XDG_DATA_HOME", ".local/share")?,
            cache: base("XDG_CACHE_HOME", ".cache")?,
            runtime: absolute("XDG_RUNTIME_DIR").map(|folder| folder.join("seaworthy")),
            state: base("XDG_STATE_HOME", ".local/state")?,
        })
    }
}
