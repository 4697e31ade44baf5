use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bson::doc;

use crate::support::{Database, Home};

#[test]
fn folders_and_secrets_are_closed_to_others() {
    let home = Home::new();
    let lease = home.join();
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    assert_eq!(mode(&home.folders.data), 0o700);
    assert_eq!(mode(lease.folder()), 0o700);
    assert_eq!(mode(&lease.folder().join("db")), 0o700);
    assert_eq!(mode(home.folders.runtime.as_ref().unwrap()), 0o700);
    for secret in ["key", "password", "log/mongod.log", "keeper.json"] {
        assert_eq!(mode(&lease.folder().join(secret)), 0o600, "{secret}");
    }
}

#[test]
fn nothing_listens_on_the_network() {
    let home = Home::new();
    let _lease = home.join();
    let pid = home.mongods()[0];
    let sockets = sockets_of(pid);
    assert!(!sockets.is_empty(), "no sockets were found");
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        let inodes = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().nth(9));
        let ours: Vec<&str> = inodes
            .filter(|inode| sockets.iter().any(|socket| socket == inode))
            .collect();
        assert!(ours.is_empty(), "{table}: {ours:?}");
    }
}

#[test]
fn command_lines_and_debug_output_have_no_password() {
    let home = Home::new();
    let lease = home.join();
    let password = std::fs::read_to_string(lease.folder().join("password")).unwrap();
    let key = std::fs::read_to_string(lease.folder().join("key")).unwrap();
    assert_eq!((password.len(), key.len()), (64, 64));
    assert!(lease.uri().expose().contains(&password));
    let mut shown = format!("{lease:?} {}", lease.uri());
    for pid in home.keepers().into_iter().chain(home.mongods()) {
        shown += &String::from_utf8_lossy(&std::fs::read(format!("/proc/{pid}/cmdline")).unwrap());
        shown += &String::from_utf8_lossy(&std::fs::read(format!("/proc/{pid}/environ")).unwrap());
    }
    shown += &std::fs::read_to_string(lease.folder().join("log/mongod.log")).unwrap();
    assert!(!shown.contains(&password) && !shown.contains(&key));
}

#[test]
fn the_socket_requires_authentication() {
    let home = Home::new();
    let lease = home.join();
    let uri = lease.uri().expose();
    let (_, socket) = uri.split_once('@').unwrap();
    let (socket, _) = socket.split_once('/').unwrap();
    let stranger = Database::at(&format!("mongodb://{socket}/?directConnection=true"));
    stranger
        .run("admin", doc! { "hello": 1 })
        .expect("the socket answers");
    // `configureFailPoint` needs no password with test commands, so the socket itself is private.
    let commands = [
        doc! { "listDatabases": 1 },
        doc! { "createUser": "mallory", "pwd": "x", "roles": ["root"] },
        doc! { "replSetGetStatus": 1 },
        doc! { "replSetInitiate": {} },
        doc! { "shutdown": 1 },
        doc! { "insert": "notes", "documents": [{ "_id": 1 }] },
    ];
    for command in commands {
        let error = stranger
            .run("admin", command.clone())
            .expect_err(&command.to_string());
        assert!(
            error.to_string().contains("requires authentication"),
            "{command}: {error}"
        );
    }
}

/// Returns the inodes of the open sockets of a process.
fn sockets_of(pid: u32) -> Vec<String> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    entries
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter_map(|target| {
            Some(
                target
                    .to_str()?
                    .strip_prefix("socket:[")?
                    .strip_suffix(']')?
                    .to_owned(),
            )
        })
        .collect()
}
