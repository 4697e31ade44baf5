use crate::support::Lab;

#[test]
fn a_fail_point_hits_only_its_client_and_is_counted() {
    let out = Lab::new().prints(
        r#"
        let other = connect(#{ app_name: "other" });
        let fault = client.fail_point(#{ commands: ["insert"], times: 2, error_code: 2 });
        other[db.name].q.insert_one(#{ n: 1 });
        for i in 0..3 { try { db.q.insert_one(#{ n: 1 }); print("ok"); } catch (err) { print(err.code); } }
        print(fault.times_fired);
        print(other.options.app_name);
        let second = client.fail_point(#{ commands: ["insert"], error_code: 2 });
        print(assert_throws(errors::Server, || other.fail_point(#{ commands: ["find"], block_ms: 1 })).message);
        second.off();
        print(fault.times_fired);
        let lost = client.fail_point(#{ commands: ["insert"], times: 1, close_connection: true });
        db.q.insert_one(#{ n: 2 });
        print(lost.times_fired);
        assert_throws(errors::InvalidArgument, || client.fail_point(#{ commands: ["insert"] }));
        "#,
    );
    assert_eq!(
        out,
        "2\n2\nok\n2\nother\nthis server already has a fail point\n2\n1\n"
    );
}

#[test]
fn a_fail_point_gives_labels_and_write_concern_errors() {
    let out = Lab::new().prints(
        r#"
        let fault = client.fail_point(#{ commands: ["insert"], times: 1, error_code: 2, error_labels: ["Own", "RetryableWriteError"] });
        db.q.insert_one(#{ _id: 1 });
        print(fault.times_fired);
        fault.off();
        let fault = client.fail_point(#{ commands: ["insert"], times: 1, error_code: 2, error_labels: ["Own"] });
        print(assert_throws(errors::CommandFailed, || db.q.insert_one(#{ _id: 2 })).labels);
        fault.off();
        let fault = client.fail_point(#{ commands: ["insert"], times: 1, write_concern_error: #{ code: 64, message: "too slow" } });
        let error = assert_throws(errors::WriteConcernTimeout, || db.q.insert_one(#{ _id: 3 }));
        print([error.message, error.code, db.q.count_documents(#{ _id: 3 })]);
        fault.off();
        for wrong in [#{ message: "a" }, #{ code: "a" }, #{ code: 1, text: "a" }] {
            assert_throws(errors::InvalidArgument, || client.fail_point(#{ commands: ["insert"], write_concern_error: wrong }));
        }
        // One that another program set.
        client.admin.command(#{ configureFailPoint: "failCommand", mode: "alwaysOn", data: #{ failCommands: ["find"], errorCode: 2 } });
        let error = assert_throws(errors::Server, || client.fail_point(#{ commands: ["insert"], error_code: 2 }));
        print(error.hint.contains("mode: \"off\""));
        client.admin.command(#{ configureFailPoint: "failCommand", mode: "off" });
        client.fail_point(#{ commands: ["insert"], error_code: 2 }).off();
        "#,
    );
    assert_eq!(out, "1\n[\"Own\"]\n[\"too slow\", 64, 1]\ntrue\n");
}

#[test]
fn a_server_without_its_keys_is_retried() {
    let out = Lab::new().prints(
        r#"
        db.q.insert_one(#{ _id: 0 });
        let asked = [];
        for ask in [
            || db.q.insert_one(#{ _id: 1 }),
            || db.q.insert_many([#{ _id: 2 }, #{ _id: 3 }]),
            || db.q.bulk_write([#{ insert_one: #{ document: #{ _id: 4 } } }]),
            || db.q.find().to_array(),
            || db.q.count_documents(),
            || db.command(#{ count: "q" }),
            || {
                let session = client.start_session();
                session.with_transaction(|| db.q.delete_one(#{ _id: 4 }, #{ session: session }))
            },
        ] {
            let fault = client.fail_point(#{ commands: ["insert", "find", "aggregate", "count", "delete"], times: 2, error_code: 211 });
            ask.call();
            asked.push(fault.times_fired);
            fault.off();
        }
        print(asked);
        print(db.q.distinct("_id"));
        "#,
    );
    assert_eq!(out, "[2, 2, 2, 2, 2, 2, 2]\n[0, 1, 2, 3]\n");
}

/// Starts a script on the private server of `lab`, which several scripts share.
fn start_script(lab: &Lab, script: &str) -> std::process::Child {
    let mut command = lab.command(script, &["--timeout", "90"]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the script prints this line.
fn wait_for_line(child: &mut std::process::Child, line: &str) {
    use std::io::BufRead;
    // A capacity of one byte, so that the buffer takes no later output.
    let out = std::io::BufReader::with_capacity(1, child.stdout.as_mut().unwrap());
    assert!(out.lines().any(|came| came.unwrap() == line));
}

const SETS: &str = r#"client.fail_point(#{ commands: ["insert"], error_code: 2 });"#;
const IS_FREE: &str = r#"
    let fault = client.fail_point(#{ commands: ["insert"], error_code: 2 });
    print(assert_throws(errors::CommandFailed, || db.q.insert_one(#{})).code);
    fault.off();
    db.q.insert_one(#{});
"#;

#[test]
fn a_fail_point_ends_with_its_script() {
    let lab = Lab::new();
    let holds = "print(\"set\"); sleep(60);";
    // This script keeps the server running.
    let mut keeps = start_script(&lab, "db.q.find_one(); print(\"there\"); sleep(80);");
    wait_for_line(&mut keeps, "there");
    for (ending, code) in [("", 0), ("throw 7;", 1), ("exit(3);", 3)] {
        let ended = start_script(&lab, &format!("{SETS}{ending}")).wait_with_output();
        assert_eq!(ended.unwrap().status.code(), Some(code));
        assert_eq!(lab.prints_on_the_same_server(IS_FREE), "2\n");
    }
    // Ctrl-C, and SIGKILL, after which the program cannot clean up.
    for (signal, code) in [("-INT", Some(130)), ("-KILL", None)] {
        let mut child = start_script(&lab, &format!("{SETS}{holds}"));
        wait_for_line(&mut child, "set");
        let refused = lab.command(SETS, &[]).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            said.contains("this server already has a fail point"),
            "{said}"
        );
        assert!(said.contains("let the script that set it end"), "{said}");
        let killed = std::process::Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), code);
        // The server notices the closed connection after a moment.
        let patient = format!("eventually(20, || {{ {SETS} true }});");
        assert_eq!(lab.prints_on_the_same_server(&patient), "");
    }
    keeps.kill().unwrap();
    keeps.wait().unwrap();
}

#[test]
fn reads_of_names_and_indexes_are_retried_once() {
    Lab::new().prints(
        r#"
        // Returns how often the first attempts failed, and the outcome of the read. On a busy machine
        // the driver may close its connections once more, so a read may also end with `PoolCleared`.
        fn outcome(client, command, times, read) {
            let fault = client.fail_point(#{ commands: [command], times: times, close_connection: true });
            let outcome = try_read(read);
            let fired = fault.times_fired;
            fault.off();
            `${fired} failed: ${outcome}`
        }
        fn try_read(read) {
            try { read.call(); "ok" } catch (err) { err.kind }
        }
        db.things.insert_one(#{ _id: 1 });
        let reads = #{
            listCollections: || db.list_collections(),
            listDatabases: || client.list_databases(),
            listIndexes: || db.things.list_indexes(),
        };
        for command in ["listCollections", "listDatabases", "listIndexes"] {
            let read = reads[command];
            eventually(30, || outcome(client, command, 1, read) == "1 failed: ok");
            eventually(30, || outcome(client, command, 2, read) == "2 failed: Network");
        }
        let off = connect(#{ retry_reads: false });
        let read = || off.lessons.things.list_indexes();
        eventually(30, || outcome(off, "listIndexes", 1, read) == "1 failed: Network");
        "#,
    );
}
