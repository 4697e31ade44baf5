use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use crate::support::{BareServer, Certificates, Home, Lab, RunOutput, SharedServer, seaworthy};

#[test]
fn a_host_that_does_not_resolve_gives_3() {
    let uri = "mongodb://no-such-host.invalid/?serverSelectionTimeoutMS=300";
    let ran = seaworthy(&["--uri", uri, "eval", "db.c.find_one()"]);
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    let named = "`no-such-host.invalid:27017` is unknown (failed to lookup address)";
    assert!(ran.errors.contains(named), "{}", ran.errors);
}

#[test]
fn a_port_of_another_program_gives_3() {
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

/// Calls that need no replica set, with every kind of write.
const ORDINARY: &str = r#"
    let fruit = db.fruit;
    fruit.insert_one(#{ _id: 1 });
    fruit.insert_many([#{ _id: 2 }, #{ _id: 3 }]);
    assert_eq(fruit.update_one(#{ _id: 1 }, #{ "$set": #{ n: 1 } }).modified_count, 1);
    assert_eq(fruit.find_one_and_update(#{ _id: 1 }, #{ "$inc": #{ n: 1 } }, #{ return_document: "after" }).n, 2);
    assert_eq(fruit.delete_one(#{ _id: 2 }).deleted_count, 1);
    assert_eq(fruit.create_index("n"), "n_1");
    let done = fruit.bulk_write([
        #{ insert_one: #{ document: #{ _id: 4 } } },
        #{ update_many: #{ filter: #{}, update: #{ "$set": #{ seen: true } } } },
        #{ replace_one: #{ filter: #{ _id: 3 }, replacement: #{ n: 3 } } },
        #{ delete_one: #{ filter: #{ _id: 4 } } },
    ]);
    assert_eq([done.inserted_count, done.modified_count, done.deleted_count], [1, 4, 1]);
    let failed = assert_throws(errors::DuplicateKey, || fruit.bulk_write([#{ insert_one: #{ document: #{ _id: 1 } } }]));
    assert_eq(failed.index, 0);
    // A session without a transaction.
    let session = client.start_session();
    fruit.insert_one(#{ _id: 5 }, #{ session: session });
    fruit.bulk_write([#{ insert_one: #{ document: #{ _id: 6 } } }], #{ session: session });
    fruit.with_options(#{ write_concern: #{ w: "majority" } }).insert_one(#{ _id: 7 });
    assert_eq(fruit.find().sort(#{ _id: 1 }).to_array().map(|doc| doc._id), [1, 3, 5, 6, 7]);
"#;

/// Calls that need a replica set. Each error must name the solution.
const NEEDS_A_SET: &str = r#"
    fn refused(kind, asked) {
        let err = assert_throws(kind, asked);
        assert(err.hint.contains("leave out `--uri` to use the private"), `${err.message}: ${err.hint}`);
        err
    }
    for watched in [fruit, db, client] { refused(errors::ChangeStreamUnsupported, || watched.watch()); }
    let in_transaction = refused(errors::ReplicaSetRequired, || session.with_transaction(|| fruit.insert_one(#{}, #{ session: session })));
    assert(!in_transaction.message.contains("retry"), in_transaction.message);
    refused(errors::ReplicaSetRequired, || session.with_transaction(|| fruit.bulk_write([#{ delete_many: #{ filter: #{} } }], #{ session: session })));
    refused(errors::ReplicaSetRequired, || fruit.find_one(#{}, #{ session: client.start_session(#{ snapshot: true }) }));
    refused(errors::ReplicaSetRequired, || fruit.with_options(#{ write_concern: #{ w: 2 } }).insert_one(#{}));
    refused(errors::ReplicaSetRequired, || fruit.with_options(#{ read_concern: "linearizable" }).find_one());
    refused(errors::ReplicaSetRequired, || client.admin.command(#{ replSetGetStatus: 1 }));
    // Nothing was written.
    assert_eq(fruit.count_documents(), 5);
"#;

#[test]
fn a_standalone_server_works_except_for_replica_set_features() {
    let server = BareServer::start(&[]);
    let ran = server.eval("127.0.0.1", "", &format!("{ORDINARY}{NEEDS_A_SET}"));
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let set = "replicaSet=made-up&serverSelectionTimeoutMS=500";
    let ran = server.eval("127.0.0.1", set, "client.ping()");
    assert_eq!(ran.code, Some(3), "{}", ran.errors);
    let cause = "the servers that answered are not members of the set `made-up`";
    assert!(ran.errors.contains(cause), "{}", ran.errors);
}

#[test]
fn tls_on_one_side_only_gives_3_with_the_cause() {
    let certificates = Certificates::new();
    let (own, authority) = (certificates.server(), certificates.authority());
    let (own, authority) = (own.to_str().unwrap(), authority.to_str().unwrap());
    let without = BareServer::start(&[]);
    let only = BareServer::start(&[
        "--tlsMode",
        "requireTLS",
        "--tlsAllowConnectionsWithoutCertificates",
        "--tlsCertificateKeyFile",
        own,
        "--tlsCAFile",
        authority,
    ]);
    let short = "serverSelectionTimeoutMS=1000";
    let known = format!("{short}&tls=true&tlsCAFile={authority}");
    let cases = [
        (
            &without,
            known.clone(),
            "the server does not accept TLS: leave out `tls`",
        ),
        (
            &only,
            short.to_owned(),
            "perhaps because it requires TLS: try `tls: true`",
        ),
        (
            &only,
            format!("{short}&tls=true"),
            "give the file of its certificate authority with `tls_ca_file`",
        ),
    ];
    for (server, options, way_out) in cases {
        let ran = server.eval("localhost", &options, "client.ping()");
        assert_eq!(ran.code, Some(3), "{options}: {}{}", ran.out, ran.errors);
        assert!(ran.errors.contains(way_out), "{options}: {}", ran.errors);
        assert_eq!(ran.errors.matches("error[").count(), 1, "{}", ran.errors);
    }
    let ran = only.eval("localhost", &known, "client.ping(); 1");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}

#[test]
fn wrong_credentials_are_reported_and_not_shown() {
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
fn timeout_ms_bounds_calls_to_a_paused_server() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 1 });
        let orders = connect(rs, #{ timeout_ms: 400 }).shop.orders;
        orders.insert_one(#{ n: 1 });
        rs.primary.pause();
        // The signal takes effect after a moment.
        let hangs = || {
            try { orders.find_one(); } catch (err) { if !err.is_timeout { throw; } return true; }
            false
        };
        eventually(30, hangs);
        print(hangs.call());
        for member in rs.members { member.resume(); }
        // Calls that still wait for the paused server end first.
        eventually(60, || {
            try { return orders.find_one().n == 1; } catch (err) { if !err.is_timeout { throw; } }
            false
        });
        "#,
    );
    assert_eq!(out, "true\n");
}

#[test]
fn a_set_serves_reads_after_all_members_were_killed() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let reads = |preference| connect(rs, #{ read_preference: preference }).shop.orders;
        let clients = [reads.call("primary"), reads.call("secondaryPreferred"), reads.call("nearest")];
        clients[0].with_options(#{ write_concern: #{ w: 3 } }).insert_one(#{ _id: 1 });
        // From now on each client sends the cluster time, which restarted members cannot check yet.
        for orders in clients { orders.find_one(); }
        for member in rs.members { member.kill(); }
        for member in rs.members { member.start(); }
        rs.wait_for_primary(60);
        // A new secondary may refuse a read with a retryable error.
        for n in 0..60 {
            for orders in clients { retry(#{ attempts: 100, delay_ms: 100, backoff: 1.0 }, || assert_eq(orders.find_one()._id, 1)); }
        }
        print("read");
        "#,
    );
    assert_eq!(out, "read\n");
}

/// Runs the program with a limit on the file size, which acts like a full disk.
fn with_little_room(home: &Home, kib: usize, code: &str) -> RunOutput {
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
fn a_server_without_disk_space_is_an_error_with_its_log() {
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

/// The number of servers that are started and stopped, unless `STARTS` is set.
const STARTS: usize = 5;

#[test]
fn repeated_server_starts_leave_nothing() {
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
