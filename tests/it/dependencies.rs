use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn table(file: &str) -> toml::Table {
    fs::read_to_string(root().join(file))
        .unwrap()
        .parse()
        .unwrap()
}

/// Reads these files, and all Rust files below these folders.
fn code_in(paths: &[&str]) -> String {
    fn read(path: &Path, code: &mut String) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                read(&entry.unwrap().path(), code);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let mut code = String::new();
    for path in paths {
        read(&root().join(path), &mut code);
    }
    code
}

/// Whether code names a crate as a whole word: `crate::…`, `use crate;` or `crate!(…)`.
fn names(code: &str, crate_name: &str) -> bool {
    code.match_indices(crate_name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + crate_name.len()..];
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
            && ["::", ";", "!", " as "]
                .iter()
                .any(|end| after.starts_with(end))
    })
}

#[test]
fn every_dependency_is_used() {
    let manifest = table("Cargo.toml");
    let mut unused = Vec::new();
    for (section, paths) in [
        ("dependencies", &["src", "build.rs"][..]),
        ("dev-dependencies", &["src", "tests", "benches"]),
    ] {
        let code = code_in(paths);
        let crates = manifest[section].as_table().unwrap();
        assert!(!crates.is_empty());
        for name in crates.keys() {
            if !names(&code, &name.replace('-', "_")) {
                unused.push(format!("{section}: {name}"));
            }
        }
    }
    assert!(unused.is_empty(), "remove from Cargo.toml: {unused:?}");
}

/// A parser of SPDX expressions. `AND` binds stronger than `OR`; `/` is the old form of `OR`.
struct Licence<'a> {
    words: Vec<String>,
    at: usize,
    allowed: &'a [String],
}

impl<'a> Licence<'a> {
    fn is_allowed(expression: &str, allowed: &'a [String]) -> bool {
        let spaced = expression
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace('/', " OR ");
        let words = spaced.split_whitespace().map(str::to_owned).collect();
        let mut licence = Self {
            words,
            at: 0,
            allowed,
        };
        licence.any() && licence.at == licence.words.len()
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|found| found == word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> bool {
        let mut result = self.all();
        while self.takes("OR") {
            result |= self.all();
        }
        result
    }

    fn all(&mut self) -> bool {
        let mut result = self.one();
        while self.takes("AND") {
            result &= self.one();
        }
        result
    }

    fn one(&mut self) -> bool {
        if self.takes("(") {
            let result = self.any();
            return self.takes(")") && result;
        }
        let Some(name) = self.words.get(self.at).cloned() else {
            return false;
        };
        self.at += 1;
        let has_exception = self.takes("WITH");
        self.at += usize::from(has_exception);
        let name = name.trim_end_matches('+');
        !has_exception && self.allowed.iter().any(|allowed| allowed == name)
    }
}

#[test]
fn every_licence_is_in_the_list_of_deny_toml() {
    let deny = table("deny.toml");
    let allowed: Vec<String> = deny["licenses"]["allow"].clone().try_into().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(
            Licence::is_allowed(licence, &allowed),
            "{} has the licence `{licence}`",
            package["name"]
        );
    }
    for (expression, expected) in [
        ("MIT OR Unknown-1.0", true),
        ("MIT AND Unknown-1.0", false),
        ("(MIT OR Unknown-1.0) AND Zlib", true),
        ("Unknown-1.0/MIT", true),
        ("Apache-2.0 WITH Unknown-exception", false),
        ("", false),
    ] {
        assert_eq!(
            Licence::is_allowed(expression, &allowed),
            expected,
            "{expression}"
        );
    }
}
