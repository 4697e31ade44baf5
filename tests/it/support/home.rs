use std::path::PathBuf;
use std::sync::OnceLock;

use seaworthy::server::{self, ArchiveSource, Folders, Lease, ServerSettings, Silent};
use tempfile::TempDir;

use super::{eventually, kill_9, password_search, processes_with};

/// The user's folders for one test. They are below the target folder, except the sockets, which
/// need a short path.
pub struct Home {
    pub folders: Folders,
    // Removed when dropped.
    home: TempDir,
    _runtime: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("home-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .unwrap();
        let runtime = tempfile::Builder::new()
            // Lower case, as in the names of sets.
            .prefix(&format!("sw-{:08x}", rand::random::<u32>()))
            .rand_bytes(0)
            .tempdir_in("/tmp")
            .unwrap();
        let folders = Folders {
            data: home.path().join("data"),
            state: home.path().join("state"),
            cache: shared_cache(),
            runtime: Some(runtime.path().join("seaworthy")),
        };
        Self {
            folders,
            home,
            _runtime: runtime,
        }
    }

    /// Settings with the `mongod` that all tests share.
    pub fn settings(&self) -> ServerSettings {
        let mut settings = self.settings_without_mongod();
        settings.mongod = Some(shared_mongod());
        settings
    }

    pub fn settings_without_mongod(&self) -> ServerSettings {
        let mut settings = ServerSettings::new(self.folders.clone());
        settings.keeper = Some(env!("CARGO_BIN_EXE_seaworthy").into());
        settings
    }

    /// Returns a command of the program with these folders.
    pub fn command(&self) -> std::process::Command {
        let mut command = super::command();
        let home = self.folders.data.parent().unwrap();
        command
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env(
                "XDG_RUNTIME_DIR",
                self.folders.runtime.as_ref().unwrap().parent().unwrap(),
            )
            .env("SEAWORTHY_MONGOD", shared_mongod());
        command
    }

    pub fn join(&self) -> Lease {
        server::join(&self.settings(), &Silent).unwrap()
    }

    pub fn join_ephemeral(&self) -> Lease {
        let mut settings = self.settings();
        settings.ephemeral = true;
        server::join(&settings, &Silent).unwrap()
    }

    /// A part of every command line that belongs to this home.
    fn mark(&self) -> String {
        // Not from `folders`, which a test may change.
        let name = self.home.path().file_name().unwrap();
        name.to_str().unwrap().to_owned()
    }

    pub fn keepers(&self) -> Vec<u32> {
        processes_with(&[" keeper ", &self.mark()])
    }

    pub fn mongods(&self) -> Vec<u32> {
        processes_with(&["mongod --dbpath", &self.mark()])
    }

    /// Waits until no process of this home runs.
    pub fn wait_until_empty(&self) {
        eventually("no mongod and no keeper is left", || {
            self.mongods().is_empty() && self.keepers().is_empty()
        });
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Needed after a failed test.
        for pid in self.keepers() {
            kill_9(pid);
        }
        eventually("no mongod is left", || self.mongods().is_empty());
        password_search::stored(self.home.path(), &[]);
    }
}

fn shared_cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// The `mongod` of all tests: `SEAWORTHY_MONGOD`, or one that the program downloads once.
pub fn shared_mongod() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            if let Some(given) = std::env::var_os("SEAWORTHY_MONGOD") {
                return given.into();
            }
            let folders = Folders {
                data: "/".into(),
                state: "/".into(),
                cache: shared_cache(),
                runtime: None,
            };
            let mut settings = ServerSettings::new(folders);
            settings.path = std::env::var_os("PATH");
            server::install(&ArchiveSource::PINNED, &settings, &Silent)
                .unwrap()
                .path
        })
        .clone()
}
