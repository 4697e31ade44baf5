use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use seaworthy::error::{Error, Kind};
use seaworthy::server::{self, ServerSettings, Silent};

use crate::support::Home;

fn refusal(settings: &ServerSettings) -> Error {
    let error = server::join(settings, &Silent).expect_err("it cannot start");
    assert_eq!(error.kind(), Kind::Server);
    error
}

fn script(folder: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("mongod");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn a_failed_start_shows_the_end_of_the_log() {
    let home = Home::new();
    let db = home.folders.data.join("server/6.0/db");
    std::fs::create_dir_all(&db).unwrap();
    std::fs::write(db.join("WiredTiger"), "not a database").unwrap();
    std::fs::write(db.join("WiredTiger.wt"), "not a table").unwrap();
    std::fs::write(db.join("storage.bson"), "not bson").unwrap();
    let error = refusal(&home.settings());
    assert!(error.message().starts_with("`mongod` ended ("), "{error}");
    assert!(
        error
            .message()
            .contains("while the program waited for its socket"),
        "{error}"
    );
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains("the end of `") && hint.lines().count() > 5,
        "{hint}"
    );
    home.wait_until_empty();
}

#[test]
fn a_linked_data_folder_is_refused() {
    let home = Home::new();
    let lease = home.join();
    let folder = home.folders.data.join("server/6.0");
    // A second home with the same databases, as with two machines on one network disk.
    let other = Home::new();
    std::fs::create_dir_all(other.folders.data.join("server/6.0")).unwrap();
    std::os::unix::fs::symlink(folder.join("db"), other.folders.data.join("server/6.0/db"))
        .unwrap();
    let error = refusal(&other.settings());
    assert!(error.message().contains("is not a folder"), "{error}");
    drop(lease);
}

#[test]
fn an_explicit_mongod_is_never_skipped() {
    let home = Home::new();
    let mut settings = home.settings();
    settings.mongod = Some(home.folders.data.join("nowhere"));
    assert!(refusal(&settings).message().starts_with("there is no `"));
    settings.mongod = Some(script(&home.folders.data, "echo hello"));
    assert!(
        refusal(&settings)
            .message()
            .contains("is not a usable mongod")
    );
    let missing = "echo \"$0: error while loading shared libraries: libcurl.so.4: cannot open\" >&2; exit 127";
    settings.mongod = Some(script(&home.folders.data, missing));
    let error = refusal(&settings);
    assert!(
        error
            .message()
            .contains("the shared library `libcurl.so.4` is missing"),
        "{error}"
    );
    assert!(
        error
            .hint_text()
            .unwrap()
            .contains("apt-get install libcurl4")
    );
}

#[test]
fn an_unusable_mongod_on_the_path_is_skipped_with_a_reason() {
    let mut home = Home::new();
    home.folders.cache = home.folders.data.join("cache");
    let folder = home.folders.data.join("bin");
    script(&folder, "echo 'db version v4.2.0'");
    let mut settings = home.settings_without_mongod();
    settings.path = Some(folder.into());
    settings.offline = true;
    let hint = refusal(&settings).hint_text().unwrap().to_owned();
    assert!(
        hint.contains("skipped: ") && hint.contains("version 4.2.0, older than 5.0"),
        "{hint}"
    );
}

#[test]
fn unusable_folders_are_named() {
    let mut home = Home::new();
    let settings = home.settings();
    let file = home.folders.data.parent().unwrap().join("file");
    std::fs::write(&file, "").unwrap();
    home.folders.data = file.join("data");
    let mut broken = settings.clone();
    broken.folders = home.folders.clone();
    let error = refusal(&broken);
    assert!(
        error.message().starts_with("cannot create the folder `"),
        "{error}"
    );

    // Only root can change the owner.
    if rustix::process::geteuid().is_root() {
        let theirs = settings.folders.data.join("server/6.0");
        std::fs::create_dir_all(&theirs).unwrap();
        std::os::unix::fs::chown(&theirs, Some(12345), None).unwrap();
        let error = refusal(&settings);
        assert!(
            error.message().contains("belongs to another user"),
            "{error}"
        );
    }
}
