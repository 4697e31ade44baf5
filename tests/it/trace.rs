use crate::support::{Lab, RunOutput, shows};

/// Returns stdout and stderr of the script.
fn run(script: &str, options: &[&str]) -> (String, String) {
    let mut all = vec!["--ephemeral", "--timeout", "90"];
    all.extend(options);
    let ran: RunOutput = Lab::new().command(script, &all).output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    (ran.out, ran.errors)
}

/// Replaces what differs from run to run.
fn steady(errors: &str) -> String {
    let mut steady = String::new();
    for line in errors.lines() {
        let words = line.split(' ').map(|word| match word {
            word if word.contains("m.sock") || word.contains(".sock") => "SERVER",
            word if word
                .strip_prefix('#')
                .is_some_and(|number| number.starts_with(char::is_numeric)) =>
            {
                "#N,"
            }
            word if word.parse::<f64>().is_ok() && word.contains('.') => "TIME",
            word => word,
        });
        steady.push_str(&words.collect::<Vec<_>>().join(" "));
        steady.push('\n');
    }
    steady
}

const SCRIPT: &str = r#"
    db.n.insert_many([#{ _id: 1, password: "hush-hush" }, #{ _id: 2, deep: [#{ apiKey: "hush-hush" }] }]);
    try { db.n.insert_one(#{ _id: 1 }); } catch (err) { }
    db.n.find(#{ _id: #{ "$in": [1, 2, 3, 4, 5, 6] } }).to_array();
    let long = "x"; for i in 0..14 { long += long; }
    db.n.update_one(#{ _id: 2 }, #{ "$set": #{ long: long } });
    db.create_user("ada", "hush-hush", [#{ role: "read", db: db.name }]);
    db.drop_user("ada");
    let lost = client.fail_point(#{ commands: ["delete"], times: 1, close_connection: true });
    db.n.delete_one(#{ _id: 2 });
    lost.off();
    try { db.command(#{ noSuchCommand: 1, token: "hush-hush" }); } catch (err) { }
    print("done");
"#;

#[test]
fn each_command_is_one_line_without_secrets() {
    let (out, errors) = run(SCRIPT, &["--trace"]);
    assert_eq!(out, "done\n");
    assert!(!errors.contains("hush-hush"), "{errors}");
    shows("trace", "commands", &steady(&errors));
}

#[test]
fn nothing_is_traced_by_default() {
    assert_eq!(run(SCRIPT, &[]).1, "");
}

#[test]
fn tracing_can_be_switched_during_a_session() {
    let (out, errors) = run(
        r#"
        let s = client.start_session();
        db.create_collection("n");
        db.n.insert_one(#{ _id: 1, before: true });
        s.start_transaction();
        db.n.insert_one(#{ _id: 2 }, #{ session: s });
        client.trace(true);
        db.n.insert_one(#{ _id: 3, during: true });
        db.n.bulk_write([#{ insert_one: #{ document: #{ _id: 4, during: true } } }]);
        db.n.insert_one(#{ _id: 5 }, #{ session: s });
        client.trace(false);
        db.n.insert_one(#{ _id: 6, after: true });
        db.n.bulk_write([#{ insert_one: #{ document: #{ _id: 7, after: true } } }]);
        s.commit_transaction();
        print(db.n.count_documents());
        assert_throws(errors::InvalidArgument, || client.trace("yes"));
        "#,
        &[],
    );
    assert_eq!(out, "7\n");
    assert_eq!(errors.matches("during: true").count(), 2, "{errors}");
    assert!(
        !errors.contains("before") && !errors.contains("after"),
        "{errors}"
    );
}

#[test]
fn trace_lines_of_tasks_do_not_mix() {
    let (_, errors) = run(
        r#"
        parallel(200, 10, |i| db.n.insert_one(#{ _id: i }));
        "#,
        &["--trace"],
    );
    let inserts = errors
        .lines()
        .filter(|line| line.starts_with("trace: insert on `lessons`, ") && line.ends_with("}] }"));
    assert_eq!(inserts.count(), 200, "{errors}");
}

const WATCHED: &str = r#"
    let stream = db.n.watch();
    db.n.insert_one(#{ _id: 1, seen: true });
    assert_eq(stream.next().fullDocument._id, 1);
    // Long enough for empty batches.
    assert_eq(stream.next(2.5), ());
    stream.close();
"#;

#[test]
fn a_stream_traces_its_opening_and_its_events() {
    let (_, errors) = run(WATCHED, &["--trace"]);
    let opened = errors.matches("$changeStream").count();
    let brought = errors.matches("getMore on").count();
    assert_eq!((opened, brought), (1, 1), "{errors}");
    assert!(errors.contains("ok (nextBatch 1)"), "{errors}");

    let (_, errors) = run(
        &format!(
            "let early = db.n.watch(); client.trace(true); {WATCHED} client.trace(false); db.n.watch().close();"
        ),
        &[],
    );
    assert_eq!(errors.matches("$changeStream").count(), 1, "{errors}");
    assert_eq!(errors.matches("getMore on").count(), 1, "{errors}");
}

const CANCELLED: &str = r#"
    db.n.insert_one(#{});
    let hurried = connect(#{ timeout_ms: 1000 });
    // A call whose connection is still being opened is not sent.
    eventually(60, || try { hurried.ping(); true } catch { false });
    let slow = hurried.lessons.n.find(#{ "$where": "sleep(60000) || true" });
    assert_throws(errors::OperationTimeout, || slow.next());
    hurried.ping();
"#;

#[test]
fn a_cancelled_call_is_shown() {
    let (_, errors) = run(CANCELLED, &["--trace"]);
    let finds: Vec<&str> = errors
        .lines()
        .filter(|line| line.contains("trace: find on"))
        .collect();
    assert_eq!(finds.len(), 1, "{errors}");
    assert!(finds[0].contains("cancelled before the reply"), "{errors}");
    let (_, errors) = run(CANCELLED, &["--trace", "--json"]);
    let finds: Vec<serde_json::Value> = errors
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["trace"].clone())
        .filter(|trace| trace["command"] == "find")
        .collect();
    assert_eq!(finds.len(), 1, "{errors}");
    assert_eq!(
        finds[0]["outcome"],
        serde_json::json!({ "ok": false, "cancelled": true })
    );
}

#[test]
fn a_call_that_the_end_of_the_run_cancels_is_shown() {
    let script = r#"
        db.n.insert_one(#{});
        background(|| db.n.find_one(#{ "$where": "sleep(60000) || true" }));
        eventually(60, || client.current_op().some(|op| op.command.find == "n"));
    "#;
    let (_, errors) = run(script, &["--trace"]);
    let mut finds = errors
        .lines()
        .filter(|line| line.contains("trace: find on"));
    let find = finds.next().unwrap_or_default();
    assert!(find.contains("cancelled before the reply"), "{errors}");
}

#[test]
fn with_json_each_command_is_one_line() {
    let (_, errors) = run(SCRIPT, &["--trace", "--json"]);
    assert!(!errors.contains("hush-hush"), "{errors}");
    let lines: Vec<serde_json::Value> = errors
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let traces: Vec<_> = lines.iter().map(|line| &line["trace"]).collect();
    let find = |command: &str| {
        traces
            .iter()
            .find(|trace| trace["command"] == command)
            .unwrap()
    };
    assert_eq!(
        find("insert")["outcome"],
        serde_json::json!({ "ok": true, "says": { "n": 2 } })
    );
    assert_eq!(find("noSuchCommand")["outcome"]["code"], 59);
    assert_eq!(find("createUser")["body"], serde_json::Value::Null);
    assert!(find("insert")["body"]["documents"].is_array());
    let retried = traces.iter().filter(|trace| trace["retry"] == true);
    assert_eq!(retried.count(), 1, "{errors}");
}

#[test]
fn values_in_a_trace_are_written_as_in_scripts() {
    let (_, errors) = run(
        r#"db.n.find(#{ at: #{ $gt: DateTime("2026-01-31T10:00:00Z") }, "a b": ObjectId("6b033dc7538977c78e0c2ee1") }).to_array();"#,
        &["--trace"],
    );
    let body = r#"filter: #{ at: #{ $gt: DateTime("2026-01-31T10:00:00Z") }, "a b": ObjectId("6b033dc7538977c78e0c2ee1") }"#;
    assert!(errors.contains(body), "{errors}");
}
