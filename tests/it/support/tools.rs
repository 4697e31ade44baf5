use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the programs of the tests in other languages.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools");

/// Runs a Node program of `tests/tools` and returns what it printed. It must succeed.
pub fn node(program: &str, args: &[&str]) -> String {
    finish(node_command(program).args(args))
}

/// Returns a command that runs a Node.js program of `tests/tools`.
pub fn node_command(program: &str) -> Command {
    let modules = Path::new(TOOLS).join("node_modules");
    assert!(
        modules.is_dir(),
        "{} is missing: run `.ci/setup`",
        modules.display()
    );
    let mut command = Command::new("node");
    command.arg(Path::new(TOOLS).join(program));
    command
}

/// Runs a Python program of `tests/tools` and returns what it printed. It must succeed.
pub fn python(program: &str, args: &[&str]) -> String {
    finish(python_command(program).args(args))
}

/// Returns a command that runs a Python program of `tests/tools`.
pub fn python_command(program: &str) -> Command {
    let python = python_program();
    assert!(
        python.is_file(),
        "{} is missing: run `.ci/setup`",
        python.display()
    );
    let mut command = Command::new(python);
    command.arg(Path::new(TOOLS).join(program));
    command
}

/// Returns the Python that has the packages of `tests/tools/requirements.txt`.
pub fn python_program() -> PathBuf {
    Path::new(TOOLS).join("python/bin/python")
}

fn finish(command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}: run `.ci/setup`"));
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{out}\n{errors}");
    out
}
