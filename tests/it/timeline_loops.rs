//! The lines of commands in loops over cursors, and in imported modules.

use seaworthy::record::{Event, Recording, StoredRecordings};

use crate::support::{RunOutput, Scratch, command};

const STOCK: &str = r#"fn total(n) {
    let sum = 0;
    let rest = n.find(#{ _id: #{ "$gt": 1 } });
    for d in rest { sum += d._id; }
    for d in n.find() { sum += d._id; }
    n.distinct("a");
    sum
}
fn each(cursor) {
    for d in cursor { }
}
db.n.count_documents(#{ loaded: true });
"#;

const MAIN: &str = r#"let n = db.n;
n.insert_many([#{ _id: 1 }, #{ _id: 2 }, #{ _id: 3 }]);
import "stock" as stock;
let all = n.find();
for d in all { n.distinct("b"); }
let all = n.find(#{ _id: 1 });
for d in all { }
let twice = n.find().batch_size(1);
for d in twice { break; }
for d in twice { }
stock::each(n.find(#{ _id: 2 }));
assert_eq(stock::total(n), 11);
for id in n.find(#{ _id: 3 }).map(|d| d._id) {
    n.distinct("c");
}
background(|| {
    let own = n.find(#{ _id: 4 });
    for d in own { }
}).join();
let ids = n.find(#{ _id: 5 }).filter(|d| true);
for id in ids { }
n.find().map(|d| d._id).to_array();
"#;

/// Runs the script and returns the file and line of each command with this name, in their order.
/// `?` stands for a line that is not known.
fn places(recording: &Recording, name: &str) -> Vec<String> {
    let calls = recording.calls();
    let commands = recording.events.iter().filter_map(|event| match event {
        Event::Command(command) if &*command.name == name => Some(command),
        _ => None,
    });
    let place = |call: u32| {
        let place = calls[&call].place.as_ref()?;
        let file = place.source.rsplit('/').next()?;
        Some(format!("{}:{}", file.trim_end_matches(".rhai"), place.line))
    };
    commands
        .map(|command| command.call.and_then(place).unwrap_or("?".to_owned()))
        .collect()
}

#[test]
fn timeline_loops_and_modules_have_their_lines_or_none() {
    let folder = Scratch::new();
    folder.write("main.rhai", MAIN);
    folder.write("stock.rhai", STOCK);
    let state = folder.path().join("state");
    let ran: RunOutput = command()
        .args(["run", "main.rhai", "--ephemeral", "--timeline", "out.svg"])
        .current_dir(folder.path())
        .env("XDG_STATE_HOME", &state)
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let recording = StoredRecordings::below(&state.join("seaworthy"))
        .load("last")
        .unwrap();
    assert_eq!(recording.sources.len(), 2);
    assert_eq!(
        places(&recording, "find"),
        [
            "main:5", "main:7", "?", "?", "stock:4", "stock:5", "main:13", "main:18", "main:21",
            "main:22"
        ]
    );
    // Two loops go through the same cursor.
    let batches = places(&recording, "getMore");
    assert!(
        !batches.is_empty() && batches.iter().all(|place| place == "?"),
        "{batches:?}"
    );
    assert_eq!(
        places(&recording, "distinct"),
        ["main:5", "main:5", "main:5", "stock:6", "main:14"]
    );
    assert_eq!(places(&recording, "aggregate"), ["stock:12"]);
}
