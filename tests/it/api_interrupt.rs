use std::process::{Child, Stdio};
use std::time::Instant;

use crate::support::{AT_ONCE, RunOutput, SharedServer, eventually};

/// Runs code in the program, and waits until the server executes its operation.
fn start(database: &str, code: &str) -> Child {
    let server = SharedServer::get();
    let child = server
        .command(database)
        .args(["eval", code])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("the operation runs", || running(database) > 0);
    child
}

/// Returns the number of running operations on this database.
fn running(database: &str) -> usize {
    let code = format!(
        "client.admin.aggregate([#{{ \"$currentOp\": #{{ allUsers: true }} }}, \
         #{{ \"$match\": #{{ active: true, ns: #{{ \"$regex\": \"^{database}\\\\.\" }} }} }}]).to_array().len()"
    );
    let ran = SharedServer::get().eval("unused", &code);
    ran.out.trim().parse().unwrap_or_else(|_| panic!("{ran:?}"))
}

fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

/// Asserts that Ctrl-C ends the operation, also on the server, and that no `catch` handles it.
fn ends_at_once(database: &str, code: &str) {
    let server = SharedServer::get();
    server.prints(&format!("{database}_setup"), "db.c.drop();");
    let setup = "db.c.drop(); db.c.insert_many([#{ n: 1 }, #{ n: 2 }, #{ n: 3 }]);";
    assert_eq!(server.eval(database, setup).code, Some(0));
    let child = start(database, code);
    let pressed = Instant::now();
    interrupt(&child);
    let ran = RunOutput::from(child.wait_with_output().unwrap());
    let took = pressed.elapsed();
    println!("{database}: ended {took:?} after Ctrl-C");
    assert_eq!((ran.code, ran.out.as_str()), (Some(130), ""), "{ran:?}");
    assert!(took < AT_ONCE, "{took:?}");
    eventually("the operation is gone from the server", || {
        running(database) == 0
    });
    println!(
        "{database}: gone from the server {:?} after",
        pressed.elapsed()
    );
}

#[test]
fn a_slow_find() {
    ends_at_once(
        "interrupt_find",
        r#"db.c.find(#{ "$where": "sleep(20000); return true" }).to_array()"#,
    );
}

#[test]
fn a_slow_aggregate_in_a_script_that_catches_everything() {
    ends_at_once(
        "interrupt_aggregate",
        r#"
        loop {
            try {
                let slow = #{ "$function": #{ body: "function() { sleep(20000); return 1; }", args: [], lang: "js" } };
                db.c.aggregate([#{ "$project": #{ n: slow } }]).to_array();
            } catch (err) {
                print(`swallowed ${err}`);
            }
        }
        "#,
    );
}

#[test]
fn a_slow_update_in_a_closure() {
    ends_at_once(
        "interrupt_update",
        r#"[1].map(|n| db.c.update_many(#{ "$where": "sleep(20000); return true" }, #{ "$set": #{ n: n } }))"#,
    );
}

#[test]
fn the_call_after_a_timeout_is_not_killed_instead() {
    let out = SharedServer::get().prints(
        "call_after_timeout",
        r#"
        let own = connect(#{ timeout_ms: 200 });
        let things = own.call_after_timeout.things;
        db.things.drop();
        db.things.insert_one(#{ _id: 1 });
        for i in 0..10 {
            assert_throws(errors::OperationTimeout, || things.find_one(#{ "$where": "sleep(1000) || true" }));
            // The server kills the first call while this one runs.
            try {
                things.find_one(#{ "$where": "sleep(50) || true" });
            } catch (err) {
                // On a busy machine.
                if err.kind != "OperationTimeout" { throw; }
            }
        }
        print("done");
        "#,
    );
    assert_eq!(out, ["done"]);
}
