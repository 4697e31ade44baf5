//! The reference in `docs/reference/`: Markdown pages made from the functions' own help texts.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::engine::reference::{Entry, Form};
use crate::error::Kind;

/// The pages by file name. Empty where there are no entries, which no caller should accept.
pub fn reference(entries: &[Entry]) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let group = entry.group.as_deref().unwrap_or(GLOBALS);
        groups.entry(group).or_default().push(entry);
    }
    let mut pages: BTreeMap<String, String> = groups
        .iter()
        .map(|(group, entries)| (file_name(group), page(group, entries)))
        .collect();
    if !pages.is_empty() {
        pages.insert("errors.md".into(), errors());
        pages.insert("README.md".into(), index(groups.keys().copied()));
    }
    pages
}

const GLOBALS: &str = "globals";
const MADE: &str = "<!-- Made from the help texts in src/api: change those, then run `UPDATE_DOCS=1 cargo test reference`. -->";

fn file_name(group: &str) -> String {
    format!("{}.md", group.to_lowercase())
}

fn index<'a>(groups: impl Iterator<Item = &'a str>) -> String {
    let mut page =
        format!("{MADE}\n\n# Reference\n\nWhat scripts have beyond Rhai's own functions.\n\n");
    for group in groups {
        let _ = writeln!(page, "- [{}]({})", title(group), file_name(group));
    }
    page.push_str("- [Kinds of errors](errors.md)\n");
    page
}

fn title(group: &str) -> String {
    match group {
        GLOBALS => "Functions that stand alone".to_owned(),
        module if module.starts_with(char::is_lowercase) => format!("The module `{module}`"),
        name => format!("The type `{name}`"),
    }
}

fn page(group: &str, entries: &[&Entry]) -> String {
    let mut page = format!("{MADE}\n\n# {}\n", title(group));
    if group == GLOBALS {
        page.push_str(
            "\nThe variables `client`, `db` and `args` are there as well, at the top level, inside `fn` and inside closures.\n",
        );
    }
    for entry in entries {
        let signatures = signatures(group, entry);
        let _ = write!(page, "\n## {signatures}\n\n{}\n", entry.docs);
    }
    page
}

/// How it is called, once for each shape; a parameter that may be left out has a `?`.
fn signatures(group: &str, entry: &Entry) -> String {
    let before = match entry.form {
        Form::Function if group != GLOBALS => format!("{group}::"),
        _ => String::new(),
    };
    match entry.form {
        Form::Property => format!("`{}`", entry.name),
        Form::Operator => format!("`{}`", entry.name),
        Form::Index => format!("`{}`", entry.name),
        Form::Constructor | Form::Method | Form::Function => {
            let shapes: Vec<String> = shapes(&entry.parameters)
                .iter()
                .map(|parameters| format!("`{before}{}({})`", entry.name, parameters.join(", ")))
                .collect();
            shapes.join(", ")
        }
    }
}

/// Lists of parameters that only get longer become one.
fn shapes(lists: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut shapes: Vec<(usize, Vec<String>)> = Vec::new();
    for list in lists {
        match shapes.last_mut() {
            Some((_, longest)) if list.starts_with(longest) => *longest = list.clone(),
            _ => shapes.push((list.len(), list.clone())),
        }
    }
    shapes
        .into_iter()
        .map(|(required, list)| {
            let marked = list.into_iter().enumerate();
            marked
                .map(|(at, name)| if at < required { name } else { name + "?" })
                .collect()
        })
        .collect()
}

fn errors() -> String {
    let mut page = format!(
        "{MADE}\n\n# Kinds of errors\n\n`err.kind` is one of these texts, and `errors::KIND` its constant. Rhai's own errors read \
         `\"Script\"`, and what a script throws itself reads `\"Thrown\"`.\n\n| kind | when it is thrown |\n|---|---|\n"
    );
    for kind in Kind::ALL {
        let _ = writeln!(page, "| `{kind}` | {} |", kind.meaning().trim());
    }
    page
}
