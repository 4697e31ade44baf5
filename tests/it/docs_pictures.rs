//! The pictures of timelines in `docs/images` are runs of lessons.
//! `UPDATE_DOCS=1 cargo test --test it docs_pictures` makes them again. The times differ from run
//! to run, so the test compares what happened and how it is drawn.

use std::collections::BTreeSet;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::Scratch;

/// What does not depend on the times.
#[derive(Debug, Default, PartialEq)]
struct Picture {
    title: String,
    /// The faults in their order. Which member is the primary differs, so the members are left out.
    faults: Vec<String>,
    /// Each kind of element with its attributes, and the values of the attributes of style.
    elements: BTreeSet<String>,
}

impl Picture {
    fn read(svg: &str) -> Self {
        let mut picture = Self::default();
        let (mut reader, mut element) = (Reader::from_str(svg), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => return picture,
                Event::Start(start) | Event::Empty(start) => {
                    element = start.name().0.to_owned();
                    picture.elements.insert(element.clone());
                    for attribute in start.attributes() {
                        let attribute = attribute.unwrap();
                        let name = attribute.key.0;
                        let has_style = name == "fill" || name.starts_with("font");
                        let value = if has_style { &*attribute.value } else { "" };
                        picture.elements.insert(format!("{element} {name} {value}"));
                    }
                }
                Event::Text(text) => match element.as_str() {
                    "title" if picture.title.is_empty() => picture.title = text.to_string(),
                    "desc" => picture.faults = faults(&text),
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// Reads `…; kill m0 from 13.36 s to 15.25 s; …`.
fn faults(description: &str) -> Vec<String> {
    let is_member = |word: &&str| {
        word.strip_prefix('m')
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    description
        .split("; ")
        .filter_map(|part| part.split_once(" from "))
        .map(|(fault, _)| {
            let words = fault.split(' ').filter(|word| !is_member(word));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn check(lesson: &str, picture: &str) {
    let folder = Scratch::new();
    let script = Path::new("scripts/lessons").join(lesson);
    let file = folder.path().join(picture);
    let mut command = crate::support::command();
    let ran = command
        .args(["run", "--ephemeral", "--seed", "1", "--timeline"])
        .arg(&file)
        .arg(script)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let drawn = std::fs::read_to_string(file).unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/images")
        .join(picture);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&stored, &drawn).unwrap();
    }
    let stored = std::fs::read_to_string(stored).unwrap();
    assert_eq!(
        Picture::read(&stored),
        Picture::read(&drawn),
        "run `UPDATE_DOCS=1 cargo test --test it docs_pictures` and look at docs/images/{picture}"
    );
}

#[test]
fn docs_pictures_the_timeline_of_lesson_2() {
    check("02_connection_pooling.rhai", "lesson-2-timeline.svg");
}

#[test]
fn docs_pictures_the_timeline_of_lesson_3() {
    check(
        "03_robust_client_configuration.rhai",
        "lesson-3-timeline.svg",
    );
}
