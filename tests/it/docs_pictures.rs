//! The pictures of timelines in `docs/images` are runs of lessons.
//! `UPDATE_DOCS=1 cargo test --test it docs_pictures` makes them again. The times differ from run
//! to run, so the test compares what happened and how it is drawn. The screenshots of the pages are
//! made with `UPDATE_PICTURES=1`; the test checks that those of this run show what happened.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::{Scratch, node};

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

/// A lesson, and what the screenshots of its page show.
struct Lesson {
    file: &'static str,
    name: &'static str,
    /// The colours of the page's style.
    colours: &'static str,
    /// The screenshots that are in the documentation.
    shown: &'static [&'static str],
    /// The error at which the last screenshot is zoomed in.
    error: &'static str,
}

fn check(lesson: &Lesson) {
    let folder = Scratch::new();
    let script = Path::new("scripts/lessons").join(lesson.file);
    let picture = format!("{}-timeline.svg", lesson.name);
    let (file, page) = (
        folder.path().join(&picture),
        folder.path().join("page.html"),
    );
    let mut command = crate::support::command();
    let ran = command
        .args(["run", "--ephemeral", "--seed", "1", "--timeline"])
        .arg(&file)
        .arg("--timeline")
        .arg(&page)
        .arg(script)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    take_screenshots(lesson, folder.path());
    let drawn = std::fs::read_to_string(file).unwrap();
    let stored = images().join(&picture);
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

fn images() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images")
}

/// Takes the screenshots of `page.html` in this folder. The program fails if they do not have the
/// lesson's colours, in light and dark and at three widths.
fn take_screenshots(lesson: &Lesson, folder: &Path) {
    let (page, folder_name) = (folder.join("page.html"), folder.to_str().unwrap());
    let arguments = [
        page.to_str().unwrap(),
        folder_name,
        lesson.name,
        lesson.colours,
        lesson.error,
    ];
    let taken = node("timeline_pictures.mjs", &arguments);
    for picture in lesson.shown {
        let name = format!("{}-{picture}", lesson.name);
        assert!(
            taken.split_whitespace().any(|taken| taken == name),
            "{taken}"
        );
        let stored = images().join(format!("{name}.png"));
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            std::fs::copy(folder.join(format!("{name}.png")), &stored).unwrap();
        }
        assert!(stored.is_file(), "{}", stored.display());
    }
}

#[test]
fn docs_pictures_the_timeline_of_lesson_2() {
    check(&Lesson {
        file: "02_connection_pooling.rhai",
        name: "lesson-2",
        colours: "ok,failed,fault,primary",
        shown: &["1400-light"],
        error: "PoolWaitTimeout",
    });
}

#[test]
fn docs_pictures_the_timeline_of_lesson_3() {
    check(&Lesson {
        file: "03_robust_client_configuration.rhai",
        name: "lesson-3",
        colours: "ok,failed,unknown,fault,primary,secondary",
        shown: &["1400-light", "zoomed"],
        error: "ServerSelectionTimeout",
    });
}
