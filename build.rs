//! Tells the program which platform it was built for and which versions are in it, and puts the course into it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=SEAWORTHY_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
    locked_versions();
    course();
}

/// Tells the program which driver and which Rhai are in it, from the lock file.
fn locked_versions() {
    println!("cargo::rerun-if-changed=Cargo.lock");
    let lock = fs::read_to_string("Cargo.lock").unwrap_or_default();
    for (package, variable) in [("mongodb", "SEAWORTHY_DRIVER"), ("rhai", "SEAWORTHY_RHAI")] {
        let version = lock
            .split_once(&format!("name = \"{package}\"\nversion = \""))
            .and_then(|(_, rest)| rest.split('"').next())
            .unwrap_or("of an unknown version");
        println!("cargo::rustc-env={variable}={version}");
    }
}

/// Writes `course.rs`: the names and the texts of the scripts in `scripts/lessons`, `scripts/exercises` and
/// `scripts/solutions`, and of the solutions in other languages.
fn course() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut code = String::new();
    for (constant, folder, ending) in [
        ("LESSONS", "lessons", "rhai"),
        ("EXERCISES", "exercises", "rhai"),
        ("SOLUTIONS", "solutions", "rhai"),
        ("SOLUTIONS_PYMONGO", "solutions/pymongo", "py"),
        ("SOLUTIONS_NODE", "solutions/node", "mjs"),
    ] {
        let _ = writeln!(code, "pub(super) const {constant}: &[(&str, &str)] = &[");
        for file in scripts(&root.join("scripts").join(folder), ending) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let _ = writeln!(code, "    ({name:?}, include_str!({file:?})),");
        }
        code.push_str("];\n");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    if let Err(error) = fs::write(Path::new(&out).join("course.rs"), code) {
        println!("cargo::error=the course cannot be put into the program: {error}");
    }
}

/// A folder's files with this ending, in the order of their names.
fn scripts(folder: &Path, ending: &str) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == ending)
        })
        .collect();
    files.sort();
    files
}
