//! Generates `docs/reference/` from the signatures and help texts of the functions.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::api::call::{Form, Registry, Signature};
use crate::error::Kind;

/// Returns the pages by file name; none if the registry is empty, which is an error of the caller.
pub fn reference(registry: &Registry) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<&str, Vec<&Signature>> = BTreeMap::new();
    for signature in registry.ours() {
        groups.entry(group(signature)).or_default().push(signature);
    }
    let mut pages: BTreeMap<String, String> = groups
        .iter_mut()
        .map(|(group, signatures)| {
            signatures.sort_by_key(|one| (one.form, one.name));
            (file_name(group), page(group, signatures))
        })
        .collect();
    if !pages.is_empty() {
        pages.insert("errors.md".into(), errors());
        pages.insert("README.md".into(), index(groups.keys().copied()));
    }
    pages
}

const GLOBALS: &str = "globals";
const MADE: &str = "<!-- Generated from the signatures and help texts in src/api: edit those, then run `UPDATE_DOCS=1 cargo test reference`. -->";

/// Returns the page of a function: its type, its module, or `GLOBALS`.
fn group(signature: &Signature) -> &'static str {
    let is_type_of_ours = signature.receiver.starts_with(char::is_uppercase)
        && !matches!(signature.receiver, "Array" | "Blob" | "Map");
    match (signature.form, signature.module) {
        (Form::Constructor, _) => signature.name,
        (_, "") if is_type_of_ours => signature.receiver,
        (_, "") => GLOBALS,
        (_, module) => module,
    }
}

fn file_name(group: &str) -> String {
    format!("{}.md", group.to_lowercase())
}

fn index<'a>(groups: impl Iterator<Item = &'a str>) -> String {
    let mut page = format!(
        "{MADE}\n\n# Reference\n\nThe functions and types of scripts, in addition to Rhai's own.\n\n"
    );
    for group in groups {
        let _ = writeln!(page, "- [{}]({})", title(group), file_name(group));
    }
    page.push_str("- [Kinds of errors](errors.md)\n");
    page
}

fn title(group: &str) -> String {
    match group {
        GLOBALS => "Global functions".to_owned(),
        module if module.starts_with(char::is_lowercase) => format!("The module `{module}`"),
        name => format!("The type `{name}`"),
    }
}

fn page(group: &str, signatures: &[&Signature]) -> String {
    let mut page = format!("{MADE}\n\n# {}\n", title(group));
    if group == GLOBALS {
        page.push_str(
            "\nThe variables `client`, `db` and `args` are also global: at the top level, inside `fn` and inside closures.\n",
        );
    }
    let same =
        |a: &&Signature, b: &&Signature| (a.form, a.name, a.comment) == (b.form, b.name, b.comment);
    for ways in signatures.chunk_by(same) {
        page.push_str(&section(group, ways));
    }
    page
}

/// Returns the section of one function: its calls, types, help text and options.
fn section(group: &str, ways: &[&Signature]) -> String {
    let first = ways[0];
    let before = match first.form {
        Form::Function if group != GLOBALS => format!("{group}::"),
        Form::Method if group == GLOBALS => format!("{}.", first.receiver.to_lowercase()),
        _ => String::new(),
    };
    let mut calls: Vec<String> = ways
        .iter()
        .map(|one| format!("`{before}{}`", one.call()))
        .collect();
    calls.dedup();
    let mut section = format!("\n## {}\n", calls.join(", "));
    if first.is_named() && ways.iter().any(|one| one.has_types()) {
        let usages: Vec<String> = ways.iter().map(|one| one.usage()).collect();
        let _ = write!(section, "\n```text\n{}\n```\n", usages.join("\n"));
    }
    let docs = first.docs();
    let (words, examples) = docs.split_at(first.words().len());
    let _ = write!(section, "\n{words}\n{}", options(first));
    if !examples.trim().is_empty() {
        let _ = write!(section, "\n{}\n", examples.trim());
    }
    section
}

fn options(signature: &Signature) -> String {
    let mut rows = String::new();
    for option in signature.options() {
        let (name, value_type) = (option.name, option.value_type.name());
        let _ = writeln!(rows, "| `{name}` | {value_type} | {} |", option.default);
    }
    if rows.is_empty() {
        return rows;
    }
    format!("\n| option | type | default |\n|---|---|---|\n{rows}")
}

fn errors() -> String {
    let mut page = format!(
        "{MADE}\n\n# Kinds of errors\n\n`err.kind` is one of these texts, and `errors::KIND` is its constant. The kind of Rhai's \
         own errors is `\"Script\"`; the kind of a value that a script throws is `\"Thrown\"`.\n\n| kind | when it is thrown |\n|---|---|\n"
    );
    for kind in Kind::ALL {
        let _ = writeln!(page, "| `{kind}` | {} |", kind.meaning().trim());
    }
    page
}
