use std::time::Instant;

use seaworthy::server::{self, Silent};

use crate::support::{Database, Home, User, eventually};

#[test]
fn a_server_stops_with_its_last_user() {
    let home = Home::new();
    home.settings();
    let begun = Instant::now();
    let lease = home.join();
    eprintln!(
        "from nothing to the first majority write: {:?}",
        begun.elapsed()
    );
    let database = Database::at(lease.uri().expose());
    database.insert(1).unwrap();
    assert_eq!((home.mongods().len(), home.keepers().len()), (1, 1));
    let sockets = home.folders.runtime.clone().unwrap();
    assert!(sockets.exists());
    drop(lease);
    home.wait_until_empty();
    assert!(!sockets.exists(), "the folder of the socket is removed");

    let begun = Instant::now();
    let lease = home.join();
    eprintln!("the same with data: {:?}", begun.elapsed());
    assert!(Database::at(lease.uri().expose()).has(1));
}

#[test]
fn two_users_share_one_server() {
    let home = Home::new();
    let lease = home.join();
    let mongods = home.mongods();
    let mut other = User::start(&home, false);
    let uri = other.uri();
    assert_eq!(uri, lease.uri().expose());
    assert_eq!(home.mongods(), mongods);
    Database::at(&uri).insert(1).unwrap();
    drop(lease);
    // Longer than a keeper without users waits: the server stays because it is used.
    let begun = Instant::now();
    while begun.elapsed().as_secs() < 3 {
        assert!(Database::at(&uri).has(1));
    }
    assert_eq!(home.mongods(), mongods);
    other.finish();
    home.wait_until_empty();
}

#[test]
fn simultaneous_starts_share_one_server() {
    let home = Home::new();
    let mut users: Vec<User> = (0..4).map(|_| User::start(&home, false)).collect();
    let uris: Vec<String> = users.iter_mut().map(User::uri).collect();
    assert!(uris.iter().all(|uri| uri == &uris[0]), "{uris:?}");
    assert_eq!((home.mongods().len(), home.keepers().len()), (1, 1));
}

#[test]
fn joining_a_stopping_server_starts_a_new_one() {
    let home = Home::new();
    drop(home.join());
    // A keeper that ends removes its record first.
    let record = home.folders.data.join("server/6.0/keeper.json");
    eventually("the keeper begins to stop", || !record.exists());
    let lease = home.join();
    Database::at(lease.uri().expose()).insert(1).unwrap();
    assert_eq!(home.mongods().len(), 1);
}

#[test]
fn an_ephemeral_server_is_fresh_and_leaves_nothing() {
    let home = Home::new();
    let shared = home.join();
    Database::at(shared.uri().expose()).insert(1).unwrap();
    let lease = home.join_ephemeral();
    let folder = lease.folder().to_owned();
    assert!(!Database::at(lease.uri().expose()).has(1));
    assert_eq!(home.mongods().len(), 2);
    drop(lease);
    eventually("the folder is deleted", || !folder.exists());
    assert_eq!(home.mongods().len(), 1);
    drop(shared);
    home.wait_until_empty();
}

#[test]
fn the_socket_folder_may_change_between_starts() {
    let mut home = Home::new();
    let lease = home.join();
    Database::at(lease.uri().expose()).insert(1).unwrap();
    drop(lease);
    home.wait_until_empty();
    let runtime = home.folders.runtime.take().unwrap();
    home.folders.runtime = Some(runtime.parent().unwrap().join("elsewhere"));
    let lease = home.join();
    assert!(Database::at(lease.uri().expose()).has(1));
}

#[test]
fn a_long_runtime_path_is_replaced_by_a_short_one() {
    let mut home = Home::new();
    let runtime = home.folders.runtime.take().unwrap();
    let long = runtime.parent().unwrap().join("x".repeat(100));
    std::fs::create_dir(&long).unwrap();
    home.folders.runtime = Some(long.join("seaworthy"));
    let lease = server::join(&home.settings(), &Silent).unwrap();
    assert!(
        lease.uri().expose().contains("%2Ftmp%2Fseaworthy-"),
        "{}",
        lease.uri()
    );
    Database::at(lease.uri().expose()).insert(1).unwrap();
    drop(lease);
    home.wait_until_empty();
}
