use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use seaworthy::record::{
    Call, Command as Sent, Event, FaultKind, Outcome, Recording, SettledBy, StoredRecordings,
};
use serde_json::Value;

use crate::support::{Lab, RunOutput, node, python};

/// The recording of one run, and its files.
struct Drawn {
    chrome: Value,
    lines: String,
    recording: Recording,
}

fn draw(script: &str) -> Drawn {
    let (lab, folder) = (Lab::new(), tempfile::tempdir().unwrap());
    let chrome = folder.path().join("out.json");
    let lines = folder.path().join("out.jsonl");
    let mut command = lab.command(script, &["--ephemeral", "--timeout", "90"]);
    command.arg("--timeline").arg(&chrome);
    command.arg("--timeline").arg(&lines);
    let state = folder.path().join("state");
    command.env("XDG_STATE_HOME", &state);
    let ran: RunOutput = command.output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.errors);
    let stored = StoredRecordings::below(&state.join("seaworthy"));
    Drawn {
        chrome: serde_json::from_slice(&std::fs::read(chrome).unwrap()).unwrap(),
        lines: std::fs::read_to_string(lines).unwrap(),
        recording: stored.load("last").unwrap(),
    }
}

fn calls(recording: &Recording) -> Vec<&Call> {
    let calls = recording.events.iter().filter_map(|event| match event {
        Event::Call(call) => Some(call),
        _ => None,
    });
    calls.collect()
}

fn commands<'a>(recording: &'a Recording, name: &str) -> Vec<&'a Sent> {
    let commands = recording.events.iter().filter_map(|event| match event {
        Event::Command(command) if &*command.name == name => Some(command),
        _ => None,
    });
    commands.collect()
}

/// Returns the line of the call of a command, or 0.
fn line_of(recording: &Recording, command: &Sent) -> u32 {
    let call = command
        .call
        .and_then(|id| recording.calls().get(&id).copied());
    call.and_then(|call| call.place.as_ref())
        .map_or(0, |place| place.line)
}

/// A set of three: its replication is stopped, then its primary is killed.
const FAULTS: &str = r#"let rs = replica_set(#{ members: 3 });
let options = #{ server_selection_timeout_ms: 30000, write_concern: #{ w: "majority", wtimeout: 300 } };
let orders = connect(rs, options).shop.orders;
orders.insert_one(#{ _id: 1 });
for member in rs.secondaries { member.stop_replication(); }
assert_throws(errors::WriteConcernTimeout, || orders.insert_one(#{ _id: 2, password: "hunter2" }));
for member in rs.secondaries { member.resume_replication(); }
orders.update_one(#{ _id: 1 }, #{ "$set": #{ n: 1 } }, #{ write_concern: #{ w: "majority", wtimeout: 30000 } });
rs.primary.kill();
retry(#{ attempts: 20 }, || orders.delete_one(#{ _id: 1 }, #{ write_concern: #{ w: 1 } }));
timeline::mark("the end");
"#;

static FAULTY: LazyLock<Drawn> = LazyLock::new(|| draw(FAULTS));

#[test]
fn a_timeline_has_the_faults_of_a_network() {
    let script = r#"
        let rs = replica_set(#{ members: 1, network: true });
        let link = rs.link(rs.primary, "client");
        link.latency(60);
        connect(rs).shop.orders.find_one();
        link.clear();
        link.drop(#{ for_ms: 60_000 });
    "#;
    let recording = draw(script).recording;
    let faults: Vec<_> = recording
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Fault(fault) if fault.kind == FaultKind::Network => Some(fault),
            _ => None,
        })
        .collect();
    let targets: Vec<&str> = faults.iter().map(|fault| &*fault.target).collect();
    assert_eq!(
        targets,
        ["link(m0, client).latency", "link(m0, client).drop"]
    );
    let slow = commands(&recording, "find")[0];
    let end = faults[0].end.unwrap();
    assert!(faults[0].begin < slow.begin && end > slow.end, "{slow:?}");
    assert_eq!(faults[1].end, None);
}

#[test]
fn timeline_fault_bands_cover_the_slow_commands() {
    let recording = &FAULTY.recording;
    let stopped = recording.events.iter().filter_map(|event| match event {
        Event::Fault(fault) if fault.kind == FaultKind::StopReplication => Some(fault),
        _ => None,
    });
    let slow = commands(recording, "insert")[1];
    assert!(slow.end - slow.begin >= 250_000_000, "{slow:?}");
    let mut count = 0;
    for fault in stopped {
        count += 1;
        assert!(
            fault.begin < slow.begin && fault.end.unwrap() > slow.end,
            "{fault:?} {slow:?}"
        );
    }
    assert_eq!(count, 2);
    let killed = recording.events.iter().find_map(|event| match event {
        Event::Fault(fault) if fault.kind == FaultKind::Kill => Some(fault),
        _ => None,
    });
    let killed = killed.unwrap();
    // The client sees its death afterwards, and then another primary.
    let seen = |state: &str| {
        recording.events.iter().any(|event| match event {
            Event::Member(seen) => {
                seen.at > killed.begin
                    && &*seen.state == state
                    && (state == "primary") == (seen.member != killed.target)
            }
            _ => false,
        })
    };
    assert!(seen("down") && seen("primary"), "{recording:?}");
}

#[test]
fn timeline_unknown_outcomes_are_unknown_and_settled_ones_are_settled() {
    let recording = &FAULTY.recording;
    let inserts = commands(recording, "insert");
    assert_eq!((inserts.len(), inserts[0].outcome), (2, Outcome::Ok));
    let slow = inserts[1];
    assert_eq!(slow.outcome, Outcome::Unknown);
    assert_eq!(slow.error.as_deref(), Some("WriteConcernTimeout"));
    let settled = slow.settled.unwrap();
    assert_eq!(
        (settled.by, settled.outcome),
        (SettledBy::Majority, Outcome::Ok)
    );
    assert!(settled.at > slow.end);
    let call = recording.calls()[&slow.call.unwrap()];
    assert_eq!(
        (call.outcome, call.settled),
        (Outcome::Unknown, Some(settled))
    );
    let others = commands(recording, "update");
    assert!(
        others.iter().all(|update| update.outcome == Outcome::Ok),
        "{others:?}"
    );
}

#[test]
fn timeline_commands_belong_to_their_lines() {
    let recording = &FAULTY.recording;
    let lines = |name| -> Vec<u32> {
        let sent = commands(recording, name);
        sent.iter()
            .map(|command| line_of(recording, command))
            .collect()
    };
    assert_eq!(lines("insert"), [4, 6]);
    assert_eq!(lines("update"), [8]);
    assert!(lines("delete").iter().all(|line| *line == 10));
    assert_eq!(recording.sources.len(), 1);
    let call = calls(recording)
        .into_iter()
        .find(|call| &*call.function == "kill")
        .unwrap();
    assert_eq!(recording.line_of(call), Some("rs.primary.kill();"));
}

#[test]
fn timeline_chrome_slices_nest_and_every_begin_has_an_end() {
    let events = FAULTY.chrome["traceEvents"].as_array().unwrap();
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    // Names come first.
    let metadata = events.iter().take_while(|event| event["ph"] == "M").count();
    assert!(metadata > 6 && events[metadata..].iter().all(|event| event["ph"] != "M"));
    // Slices of one thread nest: compare whole nanoseconds.
    let nanos = |value: &Value| (value.as_f64().unwrap() * 1000.0).round() as u64;
    let mut open: HashMap<(u64, u64), Vec<u64>> = HashMap::new();
    let mut slices: Vec<&Value> = events.iter().filter(|event| event["ph"] == "X").collect();
    slices.sort_by_key(|slice| (nanos(&slice["ts"]), std::cmp::Reverse(nanos(&slice["dur"]))));
    assert!(slices.len() > 20);
    for slice in slices {
        let lane = (
            slice["pid"].as_u64().unwrap(),
            slice["tid"].as_u64().unwrap(),
        );
        let (begin, ends) = (nanos(&slice["ts"]), open.entry(lane).or_default());
        ends.retain(|end| *end > begin);
        let end = begin + nanos(&slice["dur"]);
        assert!(ends.iter().all(|outer| *outer >= end), "{slice}");
        ends.push(end);
    }
    let ids = |ph: &str| {
        let mut ids: Vec<String> = events
            .iter()
            .filter(|event| event["ph"] == ph)
            .map(|event| format!("{}/{}", text(event, "cat"), text(event, "id")))
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids("b"), ids("e"));
    assert_eq!(ids("s"), ids("f"));
    assert!(ids("b").len() >= 4 && ids("s").len() >= 4);
    let counters: Vec<&Value> = events.iter().filter(|event| event["ph"] == "C").collect();
    assert!(!counters.is_empty() && counters.iter().all(|event| event.get("tid").is_none()));
}

#[test]
fn timeline_chrome_arrows_start_at_the_line_and_end_at_the_command() {
    let events = FAULTY.chrome["traceEvents"].as_array().unwrap();
    let contains = |slice: &Value, arrow: &Value| {
        let (begin, dur) = (
            slice["ts"].as_f64().unwrap(),
            slice["dur"].as_f64().unwrap(),
        );
        let at = arrow["ts"].as_f64().unwrap();
        slice["pid"] == arrow["pid"]
            && slice["tid"] == arrow["tid"]
            && begin <= at
            && at <= begin + dur
    };
    let slow = |slice: &&Value| slice["cat"] == "command" && slice["args"]["outcome"] == "unknown";
    let slow = events.iter().find(slow).unwrap();
    let ends = |arrow: &&Value| {
        arrow["ph"] == "f" && arrow["name"] == "command" && arrow["ts"] == slow["ts"]
    };
    let end = events.iter().find(ends).unwrap();
    let start = events
        .iter()
        .find(|arrow| arrow["ph"] == "s" && arrow["id"] == end["id"])
        .unwrap();
    let from = |slice: &&Value| {
        slice["cat"] == "call" && slice["name"] == "insert_one" && contains(slice, start)
    };
    let from = events.iter().find(from).unwrap();
    assert_eq!(from["args"]["line"], 6);
}

#[test]
fn timeline_files_and_the_stored_recording_have_no_secrets() {
    let stored = FAULTY.recording.to_json();
    for text in [&stored, &FAULTY.lines, &FAULTY.chrome.to_string()] {
        assert!(text.contains("***") && !text.contains("hunter2"));
    }
}

/// Everything that can separate a command from its line.
const LINES: &str = r#"let n = db.n;
let docs = []; for i in 0..5000 { docs.push(#{ _id: i }); } n.insert_many(docs);
let task = background(|| {
    n.count_documents(#{ a: 1 })
});
parallel(4, 4, |i| {
    n.find_one(#{ _id: i })
});
task.join();
let sum = 0;
for d in n.find() {
    sum += d._id;
    if d._id == 4500 { n.distinct("a"); }
}
let cursor = n.find(#{ _id: #{ "$lt": 3 } });
for (d, place) in cursor { sum += place; }
let fault = client.fail_point(#{ commands: ["update"], times: 1, close_connection: true });
n.update_one(#{ _id: 1 }, #{ "$set": #{ a: 1 } });
fault.off();
let stream = n.watch();
n.insert_one(#{ _id: -1 });
assert_eq(stream.next().documentKey._id, -1);
stream.close();
let s = client.start_session();
s.with_transaction(|| {
    n.delete_one(#{ _id: 2 }, #{ session: s });
});
let slow = connect(#{ timeout_ms: 100 });
assert_throws(errors::OperationTimeout, || slow[db.name].n.find_one(#{ "$where": "sleep(1000) || true" }));
timeline::span("named", || n.find_one(#{ _id: 7 }));
"#;

static LINED: LazyLock<Drawn> = LazyLock::new(|| draw(LINES));

#[test]
fn timeline_each_command_has_its_line_across_tasks_batches_retries_and_sessions() {
    let recording = &LINED.recording;
    let lines = |name: &str| -> Vec<u32> {
        let mut lines: Vec<u32> = commands(recording, name)
            .into_iter()
            .map(|command| line_of(recording, command))
            .collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines("insert"), [2, 21]);
    assert_eq!(lines("aggregate"), [4, 20], "the count and the stream");
    assert_eq!(lines("find"), [7, 7, 7, 7, 11, 16, 29, 30]);
    let ahead = lines("getMore");
    assert!(
        ahead.iter().filter(|line| **line == 11).count() >= 2,
        "{ahead:?}"
    );
    assert!(
        ahead.iter().all(|line| [11, 20].contains(line)),
        "{ahead:?}"
    );
    assert_eq!(lines("distinct"), [13]);
    assert_eq!(lines("update"), [18, 18], "and its retry");
    assert_eq!(lines("delete"), [26]);
    assert_eq!(lines("commitTransaction"), [25]);
    let mut calls = calls(recording).into_iter();
    assert!(calls.all(|call| call.place.is_some()));
}

#[test]
fn timeline_a_retry_names_the_first_try_and_settles_it() {
    let recording = &LINED.recording;
    let updates = commands(recording, "update");
    let (first, second) = (updates[0], updates[1]);
    assert_eq!(second.retry_of, Some(first.id));
    assert_eq!(
        (first.outcome, second.outcome),
        (Outcome::Unknown, Outcome::Ok)
    );
    let settled = first.settled.unwrap();
    assert_eq!(
        (settled.by, settled.outcome),
        (SettledBy::Retry, Outcome::Ok)
    );
    let call = recording.calls()[&first.call.unwrap()];
    assert_eq!(call.outcome, Outcome::Ok);
    let fault = recording.events.iter().find_map(|event| match event {
        Event::Fault(fault) => Some(fault),
        _ => None,
    });
    let fault = fault.unwrap();
    assert_eq!((fault.kind, fault.fired), (FaultKind::FailPoint, Some(1)));
    assert!(fault.begin < first.begin && fault.end.unwrap() > first.end);
}

#[test]
fn timeline_a_cancelled_read_has_failed() {
    let recording = &LINED.recording;
    let found = commands(recording, "find");
    let cancelled = found
        .iter()
        .find(|command| line_of(recording, command) == 29)
        .unwrap();
    assert_eq!(cancelled.outcome, Outcome::Failed, "{cancelled:?}");
    let call = recording.calls()[&cancelled.call.unwrap()];
    assert_eq!(call.error.as_deref(), Some("OperationTimeout"));
    assert_eq!(call.outcome, Outcome::Failed);
}

#[test]
fn timeline_tasks_have_their_own_lanes() {
    let recording = &LINED.recording;
    let tasks = |line: u32| {
        let of_line = calls(recording)
            .into_iter()
            .filter(|call| call.place.as_ref().is_some_and(|place| place.line == line));
        let mut tasks: Vec<u32> = of_line.map(|call| call.task).collect();
        tasks.sort_unstable();
        tasks.dedup();
        tasks
    };
    assert_eq!(tasks(2), [0]);
    assert!(!tasks(4).contains(&0) && !tasks(7).contains(&0));
    let named = recording.events.iter().any(|event| match event {
        Event::Span(span) => &*span.name == "named" && span.task == 0,
        _ => false,
    });
    assert!(named);
}

#[test]
fn timeline_opentelemetry_lines_are_read_by_its_own_library() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.jsonl");
    std::fs::write(&file, &FAULTY.lines).unwrap();
    let file = file.to_str().unwrap();
    let read = python("read_opentelemetry.py", &[file]);
    assert!(read.starts_with("read "), "{read}");
}

#[test]
fn timeline_chrome_files_are_read_by_speedscope() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.json");
    std::fs::write(&file, FAULTY.chrome.to_string()).unwrap();
    let seen = node("speedscope.mjs", &[file.to_str().unwrap()]);
    // It shows each lane with slices as one profile.
    let events = FAULTY.chrome["traceEvents"].as_array().unwrap();
    let slices = events.iter().filter(|event| event["ph"] == "X");
    let lanes: HashSet<_> = slices
        .map(|slice| (slice["pid"].as_u64(), slice["tid"].as_u64()))
        .collect();
    assert_eq!(
        seen,
        format!("out.json - speedscope\n(1/{})\n", lanes.len())
    );
}

#[test]
fn timeline_in_the_terminal_shows_outcomes_members_and_faults() {
    let text = seaworthy::render::timeline::timeline_text(&FAULTY.recording, 100);
    let plain = anstream::adapter::strip_str(&text).to_string();
    for part in [
        "insert_one WriteConcernTimeout, then applied",
        "stop_replication m",
        "kill m",
        "PRIMARY",
        "before the first command, are left out",
        "secondary",
        "down",
        "with unknown outcome (",
        "the end",
    ] {
        assert!(plain.contains(part), "{part}:\n{plain}");
    }
    let slow = plain
        .lines()
        .find(|line| line.contains("WriteConcernTimeout"))
        .unwrap();
    assert!(slow.ends_with("    6"), "{plain}");
    assert!(
        plain.lines().all(|line| line.chars().count() <= 100),
        "{plain}"
    );
    let narrow = seaworthy::render::timeline::timeline_text(&FAULTY.recording, 80);
    let narrow = anstream::adapter::strip_str(&narrow).to_string();
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 80),
        "{narrow}"
    );
}

#[test]
fn a_script_draws_its_own_timeline() {
    let script = r#"
        let orders = client.shop.orders;
        orders.insert_one(#{ _id: 1 });
        assert_throws(errors::DuplicateKey, || orders.insert_one(#{ _id: 1 }));
        let fault = client.fail_point(#{ commands: ["find"], times: 1, block_ms: 20 });
        orders.find_one();
        let picture = timeline::plot();
        assert(picture.title.starts_with("Timeline of "));
        let svg = picture.svg;
        for part in ["script", "client 1", "1 failed", "fail_point find"] { assert(svg.contains(part), part); }
        assert(picture.to_string().contains("x failed (2)"));
        fault.off();
    "#;
    draw(script);
}

#[test]
fn a_script_that_is_not_recorded_has_no_timeline() {
    let script = r#"
        let err = assert_throws(errors::InvalidArgument, || timeline::plot());
        assert(err.message.contains("needs a run that is recorded"), err.message);
        assert(err.hint.contains("--timeline"), err.hint);
    "#;
    assert_eq!(Lab::new().prints(script), "");
}
