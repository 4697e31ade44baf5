//! The page and the picture of a timeline, in a real browser.

use quick_xml::Reader;
use quick_xml::events::Event as XmlEvent;
use seaworthy::record::{
    Call, Command, Event, Name, Outcome, Place, Recorder, Recording, SourceText, Task,
};
use seaworthy::render::timeline::{
    chrome_json, opentelemetry_json, timeline_html, timeline_svg, timeline_text,
};

use crate::support::{Scratch, node, python};

/// Two failures, an unknown outcome that is settled, a fault, and texts of an attacker.
const SCRIPT: &str = r#"let rs = replica_set(#{ members: 3 });
let orders = connect(rs, #{ app_name: "</script><script>alert(1)</script>", write_concern: #{ w: "majority", wtimeout: 300 } }).shop.orders;
orders.insert_one(#{ _id: "</script><!--" });
assert_throws(errors::DuplicateKey, || orders.insert_one(#{ _id: "</script><!--" }));
for member in rs.secondaries { member.stop_replication(); }
assert_throws(errors::WriteConcernTimeout, || orders.insert_one(#{ _id: 2, password: "hunter2" }));
for member in rs.secondaries { member.resume_replication(); }
parallel(40, 20, |i| orders.find_one(#{ _id: i }));
rs.primary.kill();
retry(#{ attempts: 20 }, || orders.delete_one(#{ _id: 2 }, #{ write_concern: #{ w: 1 } }));
timeline::mark("the end <b>");
"#;

#[test]
fn a_timeline_is_complete_and_harmless_in_a_browser() {
    let folder = Scratch::new();
    folder.write("faults.rhai", SCRIPT);
    std::fs::create_dir(folder.path().join("site")).unwrap();
    let ran = folder.seaworthy(&[
        "run",
        "faults.rhai",
        "--timeline",
        "site/faults.html",
        "--timeline",
        "faults.svg",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let page = std::fs::read_to_string(folder.path().join("site/faults.html")).unwrap();
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("hunter2"));
    let site = folder.path().join("site");
    let site = site.to_str().unwrap();
    let seen = node("pages.mjs", &[site]);
    assert!(seen.starts_with("1 pages, "), "{seen}");
    let read = python("read_pages.py", &[site]);
    assert!(read.trim().starts_with("1 pages read, 0"), "{read}");

    let picture = std::fs::read_to_string(folder.path().join("faults.svg")).unwrap();
    for part in [
        "stop_replication",
        "kill",
        "primary",
        "unknown",
        "Timeline of ",
    ] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
    well_formed(&picture);
}

fn well_formed(svg: &str) {
    let mut reader = Reader::from_str(svg);
    loop {
        match reader.read_event().unwrap() {
            XmlEvent::Eof => break,
            XmlEvent::Start(element) | XmlEvent::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                assert!(name != "style" && name != "script", "{name}");
            }
            _ => {}
        }
    }
}

/// A recording of `count` calls, each with a command.
fn recording(count: u32) -> Recording {
    let (source, member): (Name, Name) = ("load.rhai".into(), "m0".into());
    let (call_name, name): (Name, Name) = ("find_one".into(), "find".into());
    let mut events = Vec::new();
    for number in 1..=count {
        let begin = u64::from(number) * 700_000;
        let outcome = match number % 1000 {
            0 => Outcome::Unknown,
            1 => Outcome::Failed,
            _ => Outcome::Ok,
        };
        events.push(Event::Call(Call {
            id: number,
            parent: None,
            task: 0,
            place: Some(Place {
                source: source.clone(),
                line: number % 50 + 1,
                column: 1,
            }),
            function: call_name.clone(),
            begin,
            end: begin + 600_000,
            outcome,
            error: None,
            settled: None,
        }));
        events.push(Event::Command(Command {
            id: number,
            call: Some(number),
            client: 1,
            member: member.clone(),
            connection: number % 20,
            name: name.clone(),
            namespace: "shop.orders".into(),
            begin: begin + 100_000,
            end: begin + 500_000,
            outcome,
            error: None,
            retry_of: None,
            settled: None,
            body: format!("{{ find: \"orders\", filter: {{ _id: {number} }} }}").into(),
        }));
    }
    Recording {
        format: 1,
        title: "load.rhai".to_owned(),
        began_unix_ns: 0,
        duration: u64::from(count + 1) * 700_000,
        sources: vec![SourceText {
            name: source,
            text: "db.orders.find_one();\n".repeat(50),
        }],
        clients: Vec::new(),
        tasks: vec![Task {
            id: 0,
            kind: "script".to_owned(),
        }],
        dropped: 7,
        events,
    }
}

#[test]
fn a_page_of_200_000_events_takes_at_most_60_bytes_for_each() {
    let recording = recording(100_000);
    let page = timeline_html(&recording);
    let bytes = page.len() / recording.events.len();
    assert!(bytes <= 60, "{bytes} bytes");
    assert!(page.contains("the first 7 events are missing"));
    // The picture has only what can be seen.
    assert!(timeline_svg(&recording).len() < 400_000);
}

#[test]
fn a_recording_keeps_200_000_events_and_every_form_says_how_many_are_missing() {
    let recorder = Recorder::new("many.rhai");
    for number in 0..200_007 {
        recorder.mark(&number.to_string(), None);
    }
    let recording = recorder.recording();
    assert_eq!((recording.events.len(), recording.dropped), (200_000, 7));
    let Event::Mark(oldest) = &recording.events[0] else {
        panic!("{:?}", recording.events[0]);
    };
    assert_eq!(&*oldest.text, "7");
    let note = "the first 7 events are missing";
    let dropped = "{\"key\":\"seaworthy.dropped_events\",\"value\":{\"intValue\":\"7\"}}";
    assert!(timeline_html(&recording).contains(note));
    assert!(timeline_svg(&recording).contains(note));
    assert!(timeline_text(&recording, 80).contains(note));
    assert!(chrome_json(&recording).contains(note));
    let lines = opentelemetry_json(&recording);
    assert!(lines.contains(dropped), "{}", &lines[..1000]);
}
