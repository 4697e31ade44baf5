use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::support::{AT_ONCE, Lab, eventually};

#[test]
fn no_write_after_watch_is_missed() {
    let out = Lab::new().prints(
        r#"
        for i in 0..200 {
            let stream = db.w.watch();
            db.w.insert_one(#{ _id: i });
            assert_eq(stream.next(10).documentKey._id, i);
            stream.close();
        }
        print("all");
        "#,
    );
    assert_eq!(out, "all\n");
}

#[test]
fn every_event_type_arrives_and_invalidate_is_last() {
    let out = Lab::new().prints(
        r#"
        let stream = db.a.watch(#{ full_document: "updateLookup", comment: "test" });
        let whole = db.watch();
        let deployment = client.watch([#{ "$match": #{ operationType: "delete" } }]);
        db.a.insert_one(#{ _id: 1 });
        db.a.update_one(#{ _id: 1 }, #{ "$set": #{ n: 2 } });
        db.a.replace_one(#{ _id: 1 }, #{ n: 3 });
        db.a.delete_one(#{ _id: 1 });
        db.a.rename("b");
        for change in stream { print(change.operationType); if change.operationType == "update" { print(change.fullDocument); } }
        print(stream.is_open);
        print(stream.next());
        print(whole.take(5, 10).map(|change| change.operationType));
        print(deployment.next(10).operationType);
        let gone = db.b.watch();
        db.b.drop();
        print(gone.take(5, 10).map(|change| change.operationType));
        let later = db.b.watch(#{ start_after: gone.resume_token });
        db.b.insert_one(#{ _id: 2 });
        print(later.next(10).operationType);
        "#,
    );
    assert_eq!(
        out,
        "insert\nupdate\n#{ _id: 1, n: 2 }\nreplace\ndelete\nrename\ninvalidate\nfalse\n\n\
         [\"insert\", \"update\", \"replace\", \"delete\", \"rename\"]\ndelete\n[\"drop\", \"invalidate\"]\ninsert\n"
    );
}

#[test]
fn a_resume_token_loses_and_repeats_no_event() {
    let out = Lab::new().prints(
        r#"
        let stream = db.a.watch();
        for i in 0..10 { db.a.insert_one(#{ _id: i }); }
        let seen = stream.take(4, 10).map(|change| change.documentKey._id);
        sleep(0.2);
        let token = stream.resume_token;
        stream.close();
        for i in 10..15 { db.a.insert_one(#{ _id: i }); }
        let again = db.a.watch(#{ resume_after: token });
        seen += again.take(11, 10).map(|change| change.documentKey._id);
        print(seen);
        print(again.try_next());
        "#,
    );
    assert_eq!(
        out,
        "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]\n\n"
    );
}

#[test]
fn twenty_change_streams_share_a_pool_of_two() {
    let out = Lab::new().prints(
        r#"
        let small = connect(#{ max_pool_size: 2 });
        let c = small[db.name].twenty;
        let streams = [];
        for i in 0..20 { streams.push(c.watch()); }
        for i in 0..20 { c.insert_one(#{ _id: i }); }
        for stream in streams { assert_eq(stream.take(20, 10).len(), 20); }
        assert(small.pool.size <= 2);
        small.close();
        assert_throws(errors::ClientClosed, || streams[0].next());
        print("done");
        "#,
    );
    assert_eq!(out, "done\n");
}

#[test]
fn ctrl_c_ends_a_waiting_change_stream() {
    let lab = Lab::new();
    let mut child = lab
        .command(
            "let s = db.a.watch(); print(\"open\"); for change in s { }",
            &["--ephemeral"],
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let started = Instant::now();
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < AT_ONCE, "including the server");
}

#[test]
fn an_election_loses_no_change_event() {
    let out = Lab::new().prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let c = connect(rs).shop.orders;
        let stream = c.watch();
        c.insert_one(#{ _id: 0 });
        rs.step_down();
        rs.wait_for_primary(30);
        c.insert_one(#{ _id: 1 });
        rs.primary.kill();
        rs.wait_for_primary(30);
        c.insert_one(#{ _id: 2 });
        print(stream.take(3, 30).map(|change| change.documentKey._id));
        "#,
    );
    assert_eq!(out, "[0, 1, 2]\n");
}

#[test]
fn a_standalone_server_refuses_a_change_stream() {
    let lab = Lab::new();
    let folder = tempfile::Builder::new()
        .prefix("swl-")
        .tempdir_in("/tmp")
        .unwrap();
    let socket = folder.path().join("m.sock");
    let mut mongod = Command::new(crate::support::shared_mongod())
        .arg("--dbpath")
        .arg(folder.path())
        .arg("--bind_ip")
        .arg(&socket)
        .arg("--nounixsocket")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Nobody waits for a server that does not listen at the first contact.
    eventually("the server listens", || {
        UnixStream::connect(&socket).is_ok()
    });
    let uri = format!(
        "mongodb://{}/?directConnection=true",
        socket.to_str().unwrap().replace('/', "%2F")
    );
    let script = "try { db.a.watch() } catch (err) { print(err.kind); print(err.hint.len() > 0); }";
    let ran = lab.command(script, &["--uri", &uri]).output().unwrap();
    mongod.kill().unwrap();
    mongod.wait().unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(out, "ChangeStreamUnsupported\ntrue\n");
}
