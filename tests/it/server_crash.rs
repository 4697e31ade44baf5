use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use seaworthy::server::confinement::Layer;
use seaworthy::server::{self, Silent};

use crate::support::{
    Database, Home, User, eventually, eventually_within, is_alive, kill_9, shared_mongod,
};

/// The time in which everything is cleaned up or restarted after a kill.
const SOON: Duration = Duration::from_secs(6);

#[test]
fn a_server_ends_when_its_last_user_is_killed() {
    let home = Home::new();
    let mut user = User::start(&home, false);
    Database::at(&user.uri()).insert(1).unwrap();
    user.kill_9();
    eventually_within(SOON, "no mongod is left", || home.mongods().is_empty());
    assert!(Database::at(home.join().uri().expose()).has(1));
}

#[test]
fn a_killed_user_does_not_stop_a_shared_server() {
    let home = Home::new();
    let mut first = User::start(&home, false);
    first.uri();
    let lease = home.join();
    let mongods = home.mongods();
    first.kill_9();
    let database = Database::at(lease.uri().expose());
    for id in 0..300 {
        database.insert(id).unwrap();
    }
    assert_eq!(home.mongods(), mongods);
}

#[test]
fn users_restart_a_killed_keeper_and_its_mongod() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose();
    Database::at(uri).insert(1).unwrap();
    let (keeper, mongod) = (home.keepers()[0], home.mongods()[0]);
    kill_9(keeper);
    eventually("the mongod ends with its keeper", || !is_alive(mongod));
    eventually_within(SOON, "the server is back, at the same address", || {
        !home.mongods().is_empty() && Database::at(uri).has(1)
    });
    assert_ne!(home.keepers(), [keeper]);
    drop(lease);
    home.wait_until_empty();
}

#[test]
fn a_killed_keeper_without_users_leaves_only_data() {
    let home = Home::new();
    let mut user = User::start(&home, false);
    Database::at(&user.uri()).insert(1).unwrap();
    let keeper = home.keepers()[0];
    user.kill_9();
    kill_9(keeper);
    home.wait_until_empty();
    assert!(Database::at(home.join().uri().expose()).has(1));
}

#[test]
fn a_killed_mongod_is_restarted_for_its_users() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose();
    Database::at(uri).insert(1).unwrap();
    let (keepers, mongod) = (home.keepers(), home.mongods()[0]);
    kill_9(mongod);
    eventually("the mongod is gone", || !is_alive(mongod));
    eventually_within(SOON, "the new mongod has the data", || {
        Database::at(uri).has(1)
    });
    assert_eq!(home.keepers(), keepers);
}

/// The check of `mongod` for its own address fails at the first start, as it can on a busy machine.
#[test]
fn a_server_that_does_not_find_itself_in_its_set_is_restarted() {
    let home = Home::new();
    let lease = home.join();
    Database::at(lease.uri().expose()).insert(1).unwrap();
    drop(lease);
    home.wait_until_empty();
    let wrapper = home.folders.data.join("mongod");
    let text = format!(
        r#"#!/bin/sh
if [ "$1" != --version ] && mkdir '{}'; then
    set -- "$@" --setParameter 'failpoint.failIsSelfCheck={{"mode":"alwaysOn"}}'
fi
exec '{}' "$@"
"#,
        home.folders.data.join("started").display(),
        shared_mongod().display()
    );
    std::fs::write(&wrapper, text).unwrap();
    std::fs::set_permissions(&wrapper, Permissions::from_mode(0o755)).unwrap();
    let mut settings = home.settings();
    settings.mongod = Some(wrapper);
    // The wrapper starts a program that a confined server cannot reach.
    settings.confinement.skip = Layer::ALL.to_vec();
    let lease = server::join(&settings, &Silent).unwrap();
    assert!(Database::at(lease.uri().expose()).has(1));
    let log = std::fs::read_to_string(lease.folder().join("log/mongod.log")).unwrap();
    assert!(log.contains("REMOVED"), "the check did not fail");
}

#[test]
fn killing_everything_leaves_no_process_and_all_data() {
    let home = Home::new();
    let mut users = [User::start(&home, false), User::start(&home, false)];
    let uri = users[0].uri();
    users[1].uri();
    let database = Database::at(&uri);
    for id in 0..20 {
        database.insert(id).unwrap();
    }
    for pid in home.keepers() {
        kill_9(pid);
    }
    users.iter_mut().for_each(User::kill_9);
    home.wait_until_empty();
    let lease = home.join();
    let database = Database::at(lease.uri().expose());
    assert!((0..20).all(|id| database.has(id)));
}

#[test]
fn a_killed_user_of_an_ephemeral_server_leaves_no_folder() {
    let home = Home::new();
    let mut user = User::start(&home, true);
    user.uri();
    assert_eq!(ephemeral_folders(&home), 1);
    user.kill_9();
    home.wait_until_empty();
    eventually("its folder is deleted", || ephemeral_folders(&home) == 0);
}

#[test]
fn the_next_start_removes_an_abandoned_ephemeral_folder() {
    let home = Home::new();
    let mut user = User::start(&home, true);
    user.uri();
    // The user first, because it would restart the keeper.
    user.kill_9();
    home.keepers().into_iter().for_each(kill_9);
    home.wait_until_empty();
    assert_eq!(ephemeral_folders(&home), 1);
    drop(home.join());
    assert_eq!(ephemeral_folders(&home), 0);
}

/// A logout or a shutdown sends SIGTERM to all processes.
#[test]
fn sigterm_makes_a_keeper_stop_its_server_cleanly() {
    let home = Home::new();
    let lease = home.join();
    let log = lease.folder().join("log/mongod.log");
    let keeper = rustix::process::Pid::from_raw(home.keepers()[0].cast_signed()).unwrap();
    rustix::process::kill_process(keeper, rustix::process::Signal::TERM).unwrap();
    home.wait_until_empty();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains(r#""exitCode":0"#), "the server was not killed");
}

fn ephemeral_folders(home: &Home) -> usize {
    let entries = std::fs::read_dir(home.folders.state.join("ephemeral")).unwrap();
    entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .count()
}
