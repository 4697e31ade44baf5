//! Whole notebooks in the Jupyter kernel: lessons in `nbclient`, and work in a real JupyterLab.

use std::path::Path;

use seaworthy::authoring::normalise;
use seaworthy::authoring::testing::Snapshot;
use serde_json::Value;

use crate::support::{Jupyter, eventually, files, node_command, processes_with, python_program};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn kernel_runs_lessons_as_the_program_does() {
    let jupyter = Jupyter::new("lessons", &["--ephemeral", "--seed", "1"]);
    let mut lessons = Vec::new();
    files(
        &Path::new(ROOT).join("scripts/lessons"),
        "rhai",
        &mut lessons,
    );
    assert!(lessons.len() >= 9, "{lessons:?}");
    let mut names = Vec::new();
    for lesson in &lessons {
        let name = lesson.file_stem().unwrap().to_str().unwrap();
        let made = jupyter.run(&["notebook", name]);
        assert_eq!(made.code, Some(0), "{}", made.errors);
        names.push(name);
    }
    let notebooks: Vec<String> = names.iter().map(|name| format!("{name}.ipynb")).collect();
    let notebooks: Vec<&str> = notebooks.iter().map(String::as_str).collect();
    let seen = jupyter.python("kernel_lessons.py", &notebooks);
    let ran: Vec<Value> = seen
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(ran.len(), names.len(), "{seen}");
    for (name, ran) in names.iter().zip(ran) {
        let file = format!("{ROOT}/snapshots/scripts/lessons/{name}.snap");
        let expected = Snapshot::parse(&std::fs::read_to_string(file).unwrap());
        let text = normalise(ran["text"].as_str().unwrap());
        // A snapshot has no spaces at the ends of lines.
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), expected.text.trim_end(), "{name}");
        assert_eq!(ran["errors"], serde_json::json!([]), "{name}");
    }
}

/// Makes the pictures of `docs/notebooks.md`, with `UPDATE_PICTURES=1`.
#[test]
fn kernel_works_in_jupyterlab() {
    let jupyter = Jupyter::private("lessons");
    jupyter.install(&[]);
    let made = jupyter.run(&["notebook", "4"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let pictures = match std::env::var_os("UPDATE_PICTURES") {
        Some(_) => Path::new(ROOT).join("docs/images"),
        None => jupyter.home.path().join("pictures"),
    };
    let python = python_program();
    let args = [python.to_str().unwrap(), pictures.to_str().unwrap()];
    let seen = jupyter.tool(&mut node_command("jupyterlab.mjs"), &args);
    assert!(seen.contains("JupyterLab works"), "{seen}");
    // The last kernel that ends is the last that uses the server.
    let folder = jupyter.home.path().to_str().unwrap();
    eventually("the private server has ended", || {
        processes_with(&["mongod --dbpath", folder]).is_empty()
            && processes_with(&[" keeper ", folder]).is_empty()
    });
}
