use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use seaworthy::engine::catalogue::Catalogue;
use seaworthy::engine::reference::{Entry, Form, entries};
use seaworthy::render::reference;

use crate::support::SharedServer;

#[test]
fn every_function_has_words_and_an_example() {
    let entries = entries();
    assert!(entries.len() > 150, "only {} were found", entries.len());
    let mut missing = Vec::new();
    for entry in entries {
        // What `db.NAME` does is told where `collection(name)` is.
        if entry.form == Form::Index {
            continue;
        }
        if entry.words().is_empty() || entry.examples().is_empty() {
            missing.push(format!("{:?} {}", entry.group, entry.name));
        }
    }
    assert!(
        missing.is_empty(),
        "without words or without an example:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_example_runs() {
    let server = SharedServer::get();
    let mut failed = Vec::new();
    let mut seen = BTreeMap::new();
    for entry in entries() {
        for example in entry.examples() {
            let place = format!("{:?} {}", entry.group, entry.name);
            seen.entry(example).or_insert(place);
        }
    }
    assert!(seen.len() > 100, "only {} examples were found", seen.len());
    for (number, (example, place)) in seen.iter().enumerate() {
        let database = format!("example_{number}");
        if let Err(error) = server.run(&database, example) {
            failed.push(format!("{place}\n{example}\n{error}"));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} examples failed:\n{}",
        failed.len(),
        seen.len(),
        failed.join("\n")
    );
}

/// `UPDATE_DOCS=1 cargo test reference` writes the pages anew.
#[test]
fn the_reference_is_up_to_date() {
    let pages = reference(&entries());
    assert!(pages.len() > 10, "the generator found nothing: {pages:?}");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let kept: BTreeMap<String, String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    for name in pages.keys().chain(kept.keys()) {
        assert!(
            pages.get(name) == kept.get(name),
            "docs/reference/{name} is out of date: run `UPDATE_DOCS=1 cargo test reference` and read the difference"
        );
    }
}

#[test]
fn help_and_the_reference_have_the_same_functions() {
    // Operators and `value[…]` have words and no help.
    let is_named = |entry: &Entry| !matches!(entry.form, Form::Operator | Form::Index);
    let written: BTreeSet<String> = entries()
        .into_iter()
        .filter(is_named)
        .map(|entry| entry.name)
        .collect();
    let catalogue = Catalogue::ours();
    let helped = catalogue.entries().iter().map(|entry| entry.name.clone());
    assert!(written.contains("help"));
    assert_eq!(written, helped.collect());
}
