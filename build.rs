//! Tells the program which platform it was built for, which `--version` shows, and puts the lessons into it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=SEAWORTHY_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
    lessons();
}

/// Writes `lessons.rs`: the name and the text of every script in `scripts/lessons`.
fn lessons() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folder = root.join("scripts/lessons");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rhai")
        })
        .collect();
    files.sort();
    let mut code = String::from("const BUILT_IN: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(code, "    ({name:?}, include_str!({file:?})),");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    if let Err(error) = fs::write(Path::new(&out).join("lessons.rs"), code) {
        println!("cargo::error=the list of lessons cannot be written: {error}");
    }
}
