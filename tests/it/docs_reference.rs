use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use seaworthy::api::call::Form;
use seaworthy::engine::catalogue::registry;
use seaworthy::render::reference;

use crate::support::SharedServer;

#[test]
fn every_function_has_a_description_and_an_example() {
    let mut count = 0;
    let mut missing = Vec::new();
    for signature in registry().ours() {
        count += 1;
        // `db.NAME` is documented at `collection(name)`.
        if signature.form == Form::Index {
            continue;
        }
        if signature.words().is_empty() || signature.examples().is_empty() {
            missing.push(signature.usage());
        }
    }
    assert!(count > 150, "only {count} were found");
    assert!(
        missing.is_empty(),
        "without a description or an example:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_example_runs() {
    let server = SharedServer::get();
    let mut failed = Vec::new();
    let mut seen = BTreeMap::new();
    for signature in registry().ours() {
        for example in signature.examples() {
            seen.entry(example).or_insert(signature.usage());
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

/// `UPDATE_DOCS=1 cargo test reference` updates the pages.
#[test]
fn the_reference_is_up_to_date() {
    let pages = reference(registry());
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
