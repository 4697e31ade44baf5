use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{AT_ONCE, BareServer, Lab, RunOutput};

/// The start of the scripts below: returns how a call ended.
const ENDS: &str = r#"
    fn ends(asked) {
        let kind = "";
        try { asked.call(); kind = "well"; } catch (err) { kind = `${err.kind}: ${err.message} (${err.hint})`; }
        kind
    }
"#;

fn prints(script: &str) -> String {
    Lab::new().prints(&format!("{ENDS}{script}"))
}

#[test]
fn each_timeout_bounds_its_part_of_a_call_that_hangs() {
    let out = prints(
        r#"
        let rs = replica_set(#{ members: 1 });
        // A client that has found the server; with `warm` it also has a connection.
        let known = |options, warm| {
            let client = connect(rs, options);
            if warm { client.ping(); } else { eventually(30, || client.topology().type == "ReplicaSetWithPrimary"); }
            client.shop.orders
        };
        let timeout = known.call(#{ timeout_ms: 400 }, true);
        let queue = known.call(#{ wait_queue_timeout_ms: 400 }, false);
        rs.primary.pause();
        print(ends(|| timeout.insert_one(#{})));
        print(ends(|| queue.insert_one(#{})));
        // These two clients have not found the server yet.
        print(ends(|| connect(rs, #{ timeout_ms: 400 }).shop.orders.insert_one(#{})));
        print(ends(|| connect(rs, #{ server_selection_timeout_ms: 400 }).shop.orders.insert_one(#{})));
        for member in rs.members { member.resume(); }
        "#,
    );
    let lines: Vec<&str> = out.lines().collect();
    let begins = [
        "OperationTimeout: the operation did not end within 400 ms; a write that was already sent may have been applied",
        "PoolWaitTimeout: no connection of the pool became free in time; nothing was sent (the pool is not full, but no new",
        "OperationTimeout: the operation did not end within 400 ms; nothing was sent",
        "ServerSelectionTimeout: no suitable server was found in time",
    ];
    assert_eq!(lines.len(), begins.len(), "{out}");
    for (line, begin) in lines.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line}");
    }
}

#[test]
fn the_heartbeat_ends_a_call_that_hangs() {
    let out = prints(
        r#"
        let rs = replica_set(#{ members: 1 });
        // The limits of the heartbeat; the default is ten seconds each.
        let watchful = #{ heartbeat_frequency_ms: 500, connect_timeout_ms: 500, server_selection_timeout_ms: 500 };
        let orders = connect(rs, watchful).shop.orders;
        orders.insert_many([#{}, #{}, #{}]);
        watchful.retry_reads = false;
        let once = connect(rs, watchful).shop.orders;
        once.find_one();
        let cursor = orders.find().batch_size(2);
        cursor.next();
        rs.primary.pause();
        // The server checks `max_time_ms` itself, and it is paused.
        print(ends(|| once.find_one(#{}, #{ max_time_ms: 100 })));
        print(ends(|| orders.find_one()));
        print(ends(|| cursor.to_array()));
        print(ends(|| orders.bulk_write([#{ insert_one: #{ document: #{} } }])));
        for member in rs.members { member.resume(); }
        "#,
    );
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    for line in lines {
        let kind = line.split(':').next().unwrap();
        assert!(
            ["Network", "PoolCleared", "ServerSelectionTimeout"].contains(&kind),
            "{line}"
        );
    }
}

#[test]
fn wtimeout_bounds_the_wait_for_a_hanging_member() {
    let out = prints(
        r#"
        let rs = replica_set(#{ members: 3 });
        let all = connect(rs).shop.orders.with_options(#{ write_concern: #{ w: 3, wtimeout: 400 } });
        rs.secondaries[0].pause();
        print(ends(|| all.insert_one(#{ _id: 1 })));
        for member in rs.members { member.resume(); }
        print(all.find_one()._id);
        "#,
    );
    assert!(out.starts_with("WriteConcernTimeout: "), "{out}");
    assert!(out.ends_with("\n1\n"), "{out}");
}

#[test]
fn ctrl_c_and_timeout_end_a_call_that_hangs() {
    let server = BareServer::start(&[]);
    for limit in [None, Some("1.5")] {
        let mut command = server.command("127.0.0.1", "");
        let code = "db.c.find_one(); print(\"ready\"); loop { try { db.c.find_one(); } catch {} }";
        if let Some(limit) = limit {
            command.args(["--timeout", limit]);
        }
        let mut child = command
            .args(["eval", code])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "ready\n");
        server.pause();
        if limit.is_none() {
            let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
            kill_process(pid, Signal::INT).unwrap();
        }
        let begun = Instant::now();
        let ran = RunOutput::from(child.wait_with_output().unwrap());
        let expected = if limit.is_some() { 124 } else { 130 };
        assert_eq!(ran.code, Some(expected), "{}", ran.errors);
        assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        server.resume();
    }
}
