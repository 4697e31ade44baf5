use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Result;

use super::errors::server_error;
use super::private_folder;

/// The file with the learner's progress.
const PROGRESS: &str = "progress.json";

/// The folders of this program (`…/seaworthy`). They may not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Databases that persist.
    pub data: PathBuf,
    /// Files that can be downloaded again: `mongod`.
    pub cache: PathBuf,
    /// Sockets; `None` if the session does not have such a folder. Then a folder in `/tmp` is used.
    pub runtime: Option<PathBuf>,
    /// Databases that are deleted at the end of a run.
    pub state: PathBuf,
}

impl Folders {
    /// Returns the folder of the learner's progress. It is outside the databases, because confined
    /// runs can write to it.
    pub fn progress(&self) -> PathBuf {
        self.data.join("progress")
    }

    /// Returns the progress folder; creates it if it does not exist.
    ///
    /// # Errors
    /// `Server`, if it cannot be created.
    pub fn make_progress_folder(&self) -> Result<PathBuf> {
        let folder = self.progress();
        private_folder::ensure(&folder)?;
        Ok(folder)
    }

    /// Moves the progress file of an earlier version, which was in the data folder itself.
    pub fn move_old_progress(&self) {
        let (old, new) = (self.data.join(PROGRESS), self.progress().join(PROGRESS));
        if old.exists() && !new.exists() && self.make_progress_folder().is_ok() {
            // A folder without write permission is reported when progress is saved.
            let _ = std::fs::rename(old, new);
        }
    }

    /// Returns the folders according to the XDG rules. `lookup` reads a variable of the
    /// environment.
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
        // The XDG rules say that relative paths are ignored.
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
