use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use crate::support::{Home, Lab, Ran, SharedServer, seaworthy};

#[test]
fn a_host_that_does_not_resolve_is_3() {
    let uri = "mongodb://no-such-host.invalid/?serverSelectionTimeoutMS=300";
    let ran = seaworthy(&["--uri", uri, "eval", "db.c.find_one()"]);
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    let named = "`no-such-host.invalid:27017` is unknown (failed to lookup address)";
    assert!(ran.errors.contains(named), "{}", ran.errors);
}

#[test]
fn a_port_where_something_else_answers_is_3() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 100]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        }
    });
    for options in ["", "&tls=true"] {
        let uri = format!("mongodb://127.0.0.1:{port}/?serverSelectionTimeoutMS=500{options}");
        let ran = seaworthy(&["--uri", &uri, "eval", "db.c.find_one()"]);
        assert_eq!(ran.code, Some(3), "{}", ran.errors);
        let kind = "error[ServerSelectionTimeout]";
        assert!(ran.errors.contains(kind), "{}", ran.errors);
    }
}

#[test]
fn wrong_credentials_are_said_and_not_shown() {
    let right = SharedServer::get().uri();
    let host = right.split_once('@').unwrap().1;
    let wrong = format!("mongodb://ada:made-up-and-wrong@{host}");
    let ran = seaworthy(&["--uri", &wrong, "eval", "db.c.find_one()"]);
    assert!(
        ran.errors.contains("error[Authentication]"),
        "{}",
        ran.errors
    );
    assert!(ran.errors.contains("`auth_source`"), "{}", ran.errors);
    assert!(!ran.errors.contains("made-up-and-wrong"), "{}", ran.errors);
}

#[test]
fn a_server_that_is_stopped_half_way_hangs_no_longer_than_the_deadline_and_is_used_again() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 1 });
        let orders = connect(rs, #{ timeout_ms: 400 }).shop.orders;
        orders.insert_one(#{ n: 1 });
        rs.primary.pause();
        // A signal takes a moment, and the connection goes with the call that it stops.
        let hangs = || {
            try { orders.find_one(); } catch (err) { if !err.is_timeout { throw; } return true; }
            false
        };
        eventually(30, hangs);
        print(hangs.call());
        for member in rs.members { member.resume(); }
        // What still waits for the stopped server ends first.
        eventually(60, || {
            try { return orders.find_one().n == 1; } catch (err) { if !err.is_timeout { throw; } }
            false
        });
        "#,
    );
    assert_eq!(out, "true\n");
}

/// Runs the program with so many KiB for its longest file: what a full disk does, and anybody can ask for.
fn with_little_room(home: &Home, kib: usize, code: &str) -> Ran {
    let program = home.command();
    let mut command = Command::new("sh");
    command.env_clear();
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    // `ulimit -f` counts blocks of 512 bytes.
    let limited = format!("ulimit -f {}; exec \"$@\"", kib * 2);
    command
        .args(["-c", &limited, "sh"])
        .arg(program.get_program())
        .args(["-q", "--ephemeral", "eval", code]);
    command.output().unwrap().into()
}

#[test]
fn a_server_without_room_for_its_files_is_an_error_with_its_log() {
    let home = Home::new();
    let ran = with_little_room(&home, 100, "db.c.insert_one(#{})");
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    assert!(
        ran.errors.contains("error[Server]: `mongod` ended"),
        "{}",
        ran.errors
    );
    assert!(ran.errors.contains("mongod.log"), "{}", ran.errors);
    home.wait_until_empty();
}

/// How many servers are started and stopped in a row; `STARTS=100` for the long form.
const STARTS: usize = 5;

#[test]
fn servers_that_start_and_stop_in_a_row_leave_nothing() {
    let home = Home::new();
    let starts = std::env::var("STARTS")
        .ok()
        .and_then(|text| text.parse().ok());
    for _ in 0..starts.unwrap_or(STARTS) {
        drop(home.join_ephemeral());
    }
    home.wait_until_empty();
    let left = std::fs::read_dir(home.folders.state.join("ephemeral")).unwrap();
    assert_eq!(
        left.flatten().filter(|entry| entry.path().is_dir()).count(),
        0
    );
}
