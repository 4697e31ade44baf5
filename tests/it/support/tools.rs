use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the programs of the tests in other languages.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools");

/// Runs a Node program of `tests/tools` and returns what it printed. It must succeed.
pub fn node(program: &str, args: &[&str]) -> String {
    let modules = Path::new(TOOLS).join("node_modules");
    assert!(
        modules.is_dir(),
        "{} is missing: run `.ci/setup`",
        modules.display()
    );
    run(Path::new("node"), program, args)
}

/// Runs a Python program of `tests/tools` and returns what it printed. It must succeed.
pub fn python(program: &str, args: &[&str]) -> String {
    let python = python_program();
    assert!(
        python.is_file(),
        "{} is missing: run `.ci/setup`",
        python.display()
    );
    run(&python, program, args)
}

/// Returns the Python that has the packages of `tests/tools/requirements.txt`.
pub fn python_program() -> PathBuf {
    Path::new(TOOLS).join("python/bin/python")
}

fn run(interpreter: &Path, program: &str, args: &[&str]) -> String {
    let done = Command::new(interpreter)
        .arg(Path::new(TOOLS).join(program))
        .args(args)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}: run `.ci/setup`", interpreter.display()));
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {args:?}\n{out}\n{errors}");
    out
}
