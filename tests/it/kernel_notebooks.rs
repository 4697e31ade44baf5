//! Whole notebooks in the Jupyter kernel: lessons in `nbclient`, and work in a real JupyterLab.

use std::path::Path;
use std::process::Command;

use seaworthy::authoring::normalise;
use seaworthy::authoring::testing::Snapshot;
use serde_json::Value;

use crate::support::{
    Jupyter, RunOutput, eventually, files, node_command, processes_with, python_program,
};

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

/// Shows a text, a table, a plot and an error that is caught.
const STORED: &str = r#"// %% Text
let towns = db.towns;
towns.drop();
towns.insert_many(["Bonn", "Kiel", "Ulm"].map(|name| #{ _id: name }));
print(`${towns.count_documents()} towns`);

// %% Table
towns.find().sort(#{ _id: -1 })

// %% Plot
plot(#{ title: "Trucks", bars: #{ a: 1, b: 2 } })

// %% Error
try { towns.insert_one(#{ _id: "Bonn" }); } catch (error) { print(error.kind); }
"#;

#[test]
fn a_stored_notebook_passes_nbval() {
    let jupyter = Jupyter::new("kernel_nbval", &[]);
    jupyter.home.write("stored.rhai", STORED);
    let made = jupyter.run(&["notebook", "stored.rhai", "--run", "--db", "kernel_nbval"]);
    assert_eq!(made.code, Some(0), "{}", made.errors);
    let nbval = |file: &str| {
        let mut python = Command::new(python_program());
        let run = jupyter.set(&mut python).args(["-m", "pytest", "-q"]);
        let run = run.args(["--nbval", "-p", "no:cacheprovider", file]);
        RunOutput::from(run.output().unwrap())
    };
    let passed = nbval("stored.ipynb");
    assert_eq!(passed.code, Some(0), "{}{}", passed.out, passed.errors);
    assert!(passed.out.contains("4 passed"), "{}", passed.out);
    // Another stored output does not pass.
    let file = jupyter.home.path().join("stored.ipynb");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("3 towns"), "{text}");
    let wrong = text.replace("3 towns", "4 towns");
    jupyter.home.write("wrong.ipynb", wrong);
    let failed = nbval("wrong.ipynb");
    assert_eq!(failed.code, Some(1), "{}", failed.out);
    assert!(failed.out.contains("1 failed, 3 passed"), "{}", failed.out);
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
    let solution = format!("{ROOT}/scripts/solutions/08_one_truck_one_shipment.rhai");
    let (python, pictures) = (python.to_str().unwrap(), pictures.to_str().unwrap());
    let args = [python, pictures, &solution];
    let seen = jupyter.tool(&mut node_command("jupyterlab.mjs"), &args);
    assert!(seen.contains("JupyterLab works"), "{seen}");
    // The notebook with the cells that were added becomes a script that runs.
    let saved = "04_writes_with_error_handling.ipynb";
    let back = jupyter.run(&["notebook", saved, "-o", "worked.rhai"]);
    assert_eq!(back.code, Some(0), "{}", back.errors);
    let script = std::fs::read_to_string(jupyter.home.path().join("worked.rhai")).unwrap();
    let lesson = format!("{ROOT}/scripts/lessons/04_writes_with_error_handling.rhai");
    let lesson = std::fs::read_to_string(lesson).unwrap();
    assert!(script.starts_with(lesson.trim_end()), "{script}");
    assert!(script.contains("\n// :check 8\nfn prepare("), "{script}");
    let ran = jupyter.run(&["run", "worked.rhai"]);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert!(
        ran.out.starts_with("30 shipments are on the road"),
        "{}",
        ran.out
    );
    // The last program that ends is the last that uses the server.
    let folder = jupyter.home.path().to_str().unwrap();
    eventually("the private server has ended", || {
        processes_with(&["mongod --dbpath", folder]).is_empty()
            && processes_with(&[" keeper ", folder]).is_empty()
    });
}
