//! `history()` in scripts.

use crate::support::{evaluated, run_script, shows, thrown};

#[test]
fn operations_are_recorded_with_their_outcomes() {
    let _ = evaluated(
        r#"
        let h = history();
        assert_eq(h.write("a", 1, || 42), 42);
        assert_eq(h.read("a", || 1), 1);
        assert_eq(h.add("s", 7, || "done"), "done");
        assert_eq(h.read_set("s", || [7]), [7]);
        assert_eq(h.read_set("s", || set([7, 8])).len(), 2);
        let events = h.events();
        assert_eq(events.map(|e| e.operation), ["write", "read", "add", "read_set", "read_set"]);
        assert_eq(events.map(|e| e.outcome), ["ok", "ok", "ok", "ok", "ok"]);
        assert_eq([events[0].key, events[0].value, events[1].value, events[2].set, events[2].element], ["a", 1, 1, "s", 7]);
        assert_eq(events[4].elements, [7, 8]);
        assert_eq([events[0].task, events[0].begin_ms <= events[0].end_ms, h.len], [1, true, 5]);
        assert_eq(`${h}`, "<history, 5 operations>");
    "#,
    );
}

#[test]
fn errors_are_recorded_and_thrown() {
    let _ = evaluated(
        r#"
        let h = history();
        let unknown = try { h.write("a", 1, || throw "no idea") } catch (err) { err };
        assert_eq(unknown, "no idea");
        assert_throws(errors::InvalidId, || h.write("a", 2, || ObjectId("x")));
        assert_throws(errors::InvalidId, || h.write("a", 2, || ObjectId("x"), #{ keep_going: true }));
        assert_throws(errors::InvalidId, || h.read("a", || ObjectId("x")));
        assert_eq(h.add("s", 3, || throw "no idea", #{ keep_going: true }), ());
        let events = h.events();
        assert_eq(events.map(|e| e.outcome), ["unknown", "failed", "failed", "failed", "unknown"]);
        assert_eq(events.map(|e| e.error), ["Thrown", "InvalidId", "InvalidId", "InvalidId", "Thrown"]);
    "#,
    );
}

/// Runs a script that asserts what it expects, with tasks.
fn holds(script: &str) {
    let ran = run_script(script);
    assert_eq!(ran.code, Some(0), "{script}\n{}", ran.errors);
}

#[test]
fn tasks_share_a_history() {
    holds(
        r#"
        let h = history();
        parallel(20, 4, |i| h.add("s", i, || sleep(0.002)));
        h.read_set("s", || { let all = []; for i in 0..20 { all.push(i); } all });
        assert_eq(h.len, 21);
        let tasks = set(h.events().map(|e| e.task));
        assert(tasks.len() >= 2 && tasks.contains(1), `${tasks}`);
        assert(h.check("set").valid);
    "#,
    );
}

#[test]
fn a_task_that_is_stopped_leaves_an_open_operation() {
    holds(
        r#"
        let h = history();
        let task = background(|| h.write("a", 1, || sleep(100)));
        eventually(10, || h.len == 1);
        task.stop();
        assert_eq([h.events()[0].outcome, h.events()[0].end_ms], ["unknown", ()]);
        h.read("a", || 1);
        let verdict = h.check("register");
        assert_eq([verdict.valid, verdict.recovered], [true, [#{ key: "a", value: 1 }]]);
    "#,
    );
}

#[test]
fn the_verdict_names_what_is_wrong() {
    let _ = evaluated(
        r#"
        let h = history();
        h.write("a", 1, || ());
        h.write("a", 2.0, || ());
        h.read("a", || 1);
        h.read("a", || 2);
        let verdict = h.check("register");
        assert_eq([verdict.valid, verdict.decided, verdict.operations], [false, true, 4]);
        assert_eq([verdict.stale, verdict.lost], [[#{ key: "a", value: 1 }], []]);
        assert_eq(verdict.counterexample.map(|e| e.value), [1, 2, 1]);
        assert_eq(verdict.counterexample.map(|e| e.operation), ["write", "write", "read"]);
        let open = h.check("set");
        assert_eq([open.valid, open.decided], [(), false]);
        assert(open.reason.contains("no operations on sets"));
        assert_eq(h.check("REGISTER", #{ within: 1 }).valid, false);
    "#,
    );
}

#[test]
fn events_of_a_change_stream_are_compared() {
    let _ = evaluated(
        r#"
        let h = history();
        h.add("orders", 1, || ());
        h.write("stock", 5, || ());
        let inserted = #{ operationType: "insert", documentKey: #{ _id: 1 }, fullDocument: #{ _id: 1, n: 9 } };
        let updated = #{ operationType: "update", documentKey: #{ _id: "stock" }, updateDescription: #{ updatedFields: #{ n: 5 } } };
        assert(h.check("stream", [inserted, updated]).valid);
        assert(h.check("stream", [1, ["stock", 5]]).valid);
        assert_eq(h.check("stream", [updated, inserted]).out_of_order, [1]);
        assert_eq(h.check("stream", [inserted]).lost, [#{ key: "stock", value: 5 }]);
        assert_eq(h.check("stream", [inserted, updated, inserted]).duplicated, [1]);
        assert_eq(h.check("stream", [inserted, updated, 77]).unexpected, [77]);
    "#,
    );
}

#[test]
fn wrong_calls_are_explained() {
    for (script, message) in [
        (
            "history().check(\"lists\")",
            "`kind` of `check` is \"lists\", expected \"register\" or \"set\" or \"stream\"",
        ),
        (
            "history().check(\"stream\")",
            "`check(\"stream\")` needs the events of a change stream",
        ),
        (
            "history().check(\"set\", [1])",
            "`check(\"set\")` takes no events",
        ),
        (
            "history().read_set(\"s\", || 5)",
            "`read_set` cannot record what its closure returned: it is an integer, expected an array",
        ),
        (
            "history().read(\"k\", || client)",
            "`read` cannot record what its closure returned: the document is a Client, which is not BSON",
        ),
        (
            "history().write(\"k\", (), || 5)",
            "`value` of `write` is `()`, expected a value",
        ),
        (
            "history().check(\"set\", #{ withn: 5 })",
            "`check` has no option `withn`",
        ),
        (
            "history().check(\"set\", #{ within: -5 })",
            "`check` cannot wait `-5` seconds",
        ),
    ] {
        assert_eq!(thrown(script), format!("InvalidArgument: {message}"));
    }
}

/// Returns the reports of a script, without times.
fn reports(script: &str) -> String {
    let text = evaluated(script).to_string();
    let lines = text.lines().map(|line| match line.split_once(" ms  task") {
        Some((_, rest)) => format!("  [TIME] ms  task{rest}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn the_report_is_readable() {
    let report = reports(
        r#"
        let sets = history();
        for number in 1..=12 { sets.add("orders", number, || ()); }
        sets.add("orders", "unsure", || throw "no idea", #{ keep_going: true });
        sets.read_set("orders", || [12, "unsure"]);
        let keys = history();
        keys.write("apples", 5, || ());
        keys.write("apples", 4, || ());
        keys.write("pears", 1, || ());
        keys.read("pears", || 1);
        keys.read("apples", || 5);
        let good = history();
        good.write("apples", 5, || ());
        good.read("apples", || 5);
        let open = history();
        open.add("orders", 1, || ());
        sets.check("set").report + "\n\n" + sets.check("stream", [1, 3, 2, 99]).report + "\n\n" + keys.check("register").report
            + "\n\n" + good.check("register").report + "\n\n" + open.check("set").report
    "#,
    );
    shows("history", "reports", &report);
}
