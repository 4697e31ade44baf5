use std::time::{Duration, Instant};

use bson::doc;
use seaworthy::error::Kind;
use seaworthy::server::{self, ReplicaSet, SetOptions, Silent};

use crate::support::{Database, Home, User, eventually};

const SOON: Duration = Duration::from_secs(30);

fn set_of(members: usize, home: &Home) -> ReplicaSet {
    let settings = home.settings();
    let mongod = server::find(&settings, &Silent).unwrap();
    let begun = Instant::now();
    let set = ReplicaSet::start(SetOptions::private(members), &mongod, &settings, &Silent).unwrap();
    eprintln!("a set of {members}: {:?}", begun.elapsed());
    set
}

#[test]
fn a_set_of_three_starts_and_leaves_nothing() {
    let home = Home::new();
    let set = set_of(3, &home);
    assert_eq!(home.mongods().len(), 3);
    assert_eq!(set.members().len(), 3);
    Database::at(set.uri().expose()).insert(1).unwrap();
    eventually("one primary and two secondaries", || {
        set.primary().is_some() && set.secondaries().len() == 2
    });
    drop(set);
    assert!(home.mongods().is_empty());
    let left = std::fs::read_dir(home.folders.state.join("ephemeral"))
        .unwrap()
        .flatten();
    assert_eq!(left.filter(|entry| entry.path().is_dir()).count(), 0);
}

#[test]
fn a_set_of_one_works_and_a_set_of_two_is_refused() {
    let home = Home::new();
    let set = set_of(1, &home);
    Database::at(set.uri().expose()).insert(1).unwrap();
    let mongod = server::find(&home.settings(), &Silent).unwrap();
    let error =
        ReplicaSet::start(SetOptions::private(2), &mongod, &home.settings(), &Silent).unwrap_err();
    assert_eq!(error.kind(), Kind::InvalidArgument);
}

#[test]
fn a_set_elects_a_new_primary_and_takes_the_old_one_back() {
    let home = Home::new();
    let set = set_of(3, &home);
    Database::at(set.uri().expose()).insert(1).unwrap();
    let first = set.wait_for_primary(SOON, &Silent).unwrap().clone();
    first.kill().unwrap();
    assert_eq!(first.state(), "STOPPED");
    let second = set.wait_for_primary(SOON, &Silent).unwrap().clone();
    assert_ne!(first.address(), second.address());
    assert!(Database::at(set.uri().expose()).has(1));
    first.start().unwrap();
    eventually("it is a secondary again", || set.secondaries().len() == 2);
    set.step_down().unwrap();
    let third = set.wait_for_primary(SOON, &Silent).unwrap();
    assert_ne!(third.address(), second.address());
}

#[test]
fn without_replication_a_majority_write_times_out() {
    let home = Home::new();
    let set = set_of(3, &home);
    eventually("both are secondaries", || set.secondaries().len() == 2);
    let secondaries: Vec<_> = set.secondaries().into_iter().cloned().collect();
    secondaries
        .iter()
        .for_each(|member| member.stop_replication().unwrap());
    let database = Database::at(set.uri().expose());
    let reply = database
        .run(
            "test",
            doc! { "insert": "notes", "documents": [{ "_id": 1 }], "writeConcern": { "w": "majority", "wtimeout": 300 } },
        )
        .unwrap();
    let concern = reply.get_document("writeConcernError").unwrap();
    assert_eq!(concern.get_i32("code").unwrap(), 64);
    assert!(set.primary().is_some());
    secondaries
        .iter()
        .for_each(|member| member.resume_replication().unwrap());
    database.insert(2).unwrap();
}

#[test]
fn a_paused_member_can_be_resumed() {
    let home = Home::new();
    let set = set_of(3, &home);
    eventually("both are secondaries", || set.secondaries().len() == 2);
    let member = set.secondaries()[0].clone();
    member.pause().unwrap();
    assert_eq!(member.state(), "PAUSED");
    set.wait_for_primary(SOON, &Silent).unwrap();
    member.resume().unwrap();
    // It had no contact for longer than the election timeout, so it may be elected now.
    eventually("it answers again", || {
        matches!(member.state().as_str(), "SECONDARY" | "PRIMARY")
    });
    member.stop().unwrap();
    assert_eq!(home.mongods().len(), 2);
}

#[test]
fn a_set_ends_with_its_killed_owner() {
    let home = Home::new();
    let mut owner = User::with_set(&home);
    owner.uri();
    assert_eq!(home.mongods().len(), 3);
    owner.kill_9();
    home.wait_until_empty();
    let left = || {
        let entries = std::fs::read_dir(home.folders.state.join("ephemeral")).unwrap();
        entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .count()
    };
    assert_eq!(left(), 1);
    drop(home.join());
    assert_eq!(left(), 0);
}

#[test]
fn a_set_may_be_controlled_from_short_lived_threads() {
    let home = Home::new();
    let set = set_of(1, &home);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            set.members()[0].stop().unwrap();
            set.members()[0].start().unwrap();
        });
    });
    // The member must not end with the thread that started it.
    set.wait_for_primary(SOON, &Silent).unwrap();
    Database::at(set.uri().expose()).insert(1).unwrap();
}
