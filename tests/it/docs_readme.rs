//! The commands in the README and in `docs/` are accepted, and the output there is correct.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use seaworthy::cli::LowArgs;

use crate::support::{files, seaworthy};

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// Returns the lines of the fenced blocks in one of the given languages.
fn lines_in<'a>(text: &'a str, languages: &[&str]) -> Vec<&'a str> {
    let mut lines = Vec::new();
    let mut inside = false;
    let mut wanted = false;
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            inside = !inside;
            wanted = inside && languages.contains(&language.split(' ').next().unwrap_or_default());
        } else if wanted {
            lines.push(line);
        }
    }
    lines
}

/// Returns the arguments of a documented command, up to a pipe, a redirection or a comment.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let command = line
        .strip_prefix("cargo run --release -- ")
        .map(|rest| format!("seaworthy {rest}"))
        .or_else(|| line.starts_with("seaworthy").then(|| line.to_owned()))?;
    let words = shlex::split(&command)?;
    let arguments = words.into_iter();
    Some(
        arguments
            .take_while(|word| word != "|" && word != ">")
            .collect(),
    )
}

#[test]
fn every_command_in_the_documentation_is_accepted() {
    let mut pages = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    files(&root().join("docs"), "md", &mut pages);
    let mut seen = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for line in lines_in(&text, &["sh", "console"]) {
            let Some(words) = arguments(line) else {
                continue;
            };
            seen += 1;
            if let Err(error) = LowArgs::try_parse_from(words) {
                assert!(!error.use_stderr(), "{}: `{line}`: {error}", page.display());
            }
        }
    }
    assert!(seen > 30, "only {seen} commands were found");
}

#[test]
fn every_output_in_the_readme_is_in_a_snapshot() {
    let mut shown = String::new();
    let mut snapshots = Vec::new();
    files(&root().join("snapshots"), "snap", &mut snapshots);
    for snapshot in snapshots {
        shown.push_str(&fs::read_to_string(snapshot).unwrap());
    }
    let readme = readme();
    let lines = lines_in(&readme, &["text"]);
    assert!(lines.len() > 5, "only {} lines were found", lines.len());
    for line in lines {
        let line = seaworthy::authoring::normalise(line);
        assert!(shown.contains(line.trim()), "no snapshot has `{line}`");
    }
}

#[test]
fn the_readme_and_the_help_have_the_same_exit_codes() {
    let help = seaworthy(&["--help"]).out;
    let codes: Vec<(&str, &str)> = help
        .lines()
        .skip_while(|line| *line != "Exit codes:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim().split_once(' ').unwrap())
        .collect();
    assert_eq!(codes.len(), 7, "{help}");
    let readme = readme().replace('`', "");
    for (code, meaning) in codes {
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "the README has no row `{row}`");
    }
}
