//! Every function that scripts have, by the type it is called on: one list for help, completion and the reference.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rhai::{Dynamic, Engine, FuncInfo};

use crate::api::type_name;

/// One function or property, with all the ways to call it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// The type it is called on: `Collection`, `string`; nothing for a function that stands alone.
    pub receiver: String,
    /// The module it is named with: `random`.
    pub module: String,
    /// The parameters of each way to call it, without the value itself.
    pub parameters: Vec<Vec<String>>,
    /// The script type it gives, where that is known.
    pub returns: String,
    pub is_property: bool,
    /// Its help text, as Markdown.
    pub docs: String,
}

impl Entry {
    /// How it is called, in as few lines as tell it all.
    pub fn signatures(&self) -> Vec<String> {
        let mut head = match (self.receiver.as_str(), self.module.as_str()) {
            ("", "") => String::new(),
            ("", module) => format!("{module}::"),
            (receiver, _) => format!("{}.", receiver.to_lowercase().replace(' ', "_")),
        };
        head.push_str(&self.name);
        if self.is_property {
            return vec![head];
        }
        let longest = self.parameters.iter().max_by_key(|list| list.len());
        let shortest = self.parameters.iter().map(Vec::len).min().unwrap_or(0);
        let Some(longest) = longest else {
            return vec![format!("{head}()")];
        };
        let is_one = self
            .parameters
            .iter()
            .all(|list| longest.starts_with(list) && !list.iter().any(|name| name.contains(": ")));
        if is_one {
            let names: Vec<String> = longest
                .iter()
                .enumerate()
                .map(|(index, name)| format!("{name}{}", if index < shortest { "" } else { "?" }))
                .collect();
            return vec![format!("{head}({})", names.join(", "))];
        }
        let mut lines: Vec<String> = self
            .parameters
            .iter()
            .map(|list| format!("{head}({})", list.join(", ")))
            .collect();
        lines.sort_by_key(String::len);
        lines.dedup();
        lines
    }

    /// The first sentence of its help text.
    pub fn summary(&self) -> &str {
        let paragraph = self.docs.split("\n\n").next().unwrap_or_default();
        let end = paragraph
            .find(". ")
            .or_else(|| paragraph.find(".\n"))
            .map_or(paragraph.len(), |at| at + 1);
        paragraph[..end].trim()
    }

    /// The examples in its help text, each a script.
    pub fn examples(&self) -> Vec<&str> {
        self.docs
            .split("```rhai\n")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once("```")?.0.trim_end()))
            .collect()
    }
}

/// All entries.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

impl Catalogue {
    /// The catalogue of the functions that every engine of ours has.
    pub fn get() -> &'static Self {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            let mut engine = Engine::new_raw();
            super::add_modules(&mut engine);
            Catalogue::of(&engine)
        });
        &CATALOGUE
    }

    /// The catalogue of those functions that Rhai does not bring.
    pub fn ours() -> Self {
        let mut engine = Engine::new_raw();
        super::add_own_modules(&mut engine);
        Self::of(&engine)
    }

    /// The catalogue of an engine.
    pub fn of(engine: &Engine) -> Self {
        let mut found: BTreeMap<(String, String, String), Entry> = BTreeMap::new();
        for entry in engine.collect_fn_metadata(None, read, true) {
            let key = (
                entry.receiver.clone(),
                entry.module.clone(),
                entry.name.clone(),
            );
            let known = found.entry(key).or_insert_with(|| Entry {
                parameters: Vec::new(),
                ..entry.clone()
            });
            for list in entry.parameters {
                if !known.parameters.contains(&list) {
                    known.parameters.push(list);
                }
            }
            if known.docs.is_empty() {
                known.docs = entry.docs;
            }
            if known.returns.is_empty() {
                known.returns = entry.returns;
            }
        }
        Self {
            entries: found.into_values().collect(),
        }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What can be called on a value of that type.
    pub fn methods<'a>(&'a self, receiver: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.receiver == receiver)
    }

    /// What stands alone, in a module (`random`) or in none.
    pub fn functions<'a>(&'a self, module: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.receiver.is_empty() && entry.module == module)
    }

    pub fn method(&self, receiver: &str, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.receiver == receiver && entry.name == name)
    }

    /// Every entry of that name, whatever it is called on.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.name == name)
    }

    /// The types that have methods.
    pub fn types(&self) -> Vec<&str> {
        let mut types: Vec<&str> = self
            .entries
            .iter()
            .map(|entry| entry.receiver.as_str())
            .filter(|receiver| !receiver.is_empty())
            .collect();
        types.dedup();
        types
    }
}

/// The type of a value, by the name that the catalogue knows it under.
pub fn type_of(value: &Dynamic) -> String {
    if value.is_unit() {
        return String::new();
    }
    let name = type_name::of(value);
    let name = name
        .split_once(' ')
        .map_or(name.as_str(), |(_, name)| name)
        .to_owned();
    match name.as_str() {
        "array" => "Array".into(),
        "object map" => "Map".into(),
        "character" => "char".into(),
        "boolean" => "bool".into(),
        "ImmutableString" => "string".into(),
        _ => name,
    }
}

fn read(info: FuncInfo) -> Option<Entry> {
    let metadata = info.metadata;
    let name = metadata.name.as_str();
    let (name, is_property) = match name.strip_prefix("get$") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let is_name = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
        && name.starts_with(|letter: char| letter.is_alphabetic());
    if !is_name {
        return None;
    }
    let mut parameters = metadata.params_info.iter().map(|info| info.as_str());
    let mut list = Vec::new();
    let mut receiver = String::new();
    if let Some(first) = parameters.next() {
        match receiver_of(first) {
            Some(label) if info.namespace.is_empty() => receiver = label,
            _ => list.push(parameter(first)),
        }
    }
    list.extend(parameters.map(parameter));
    Some(Entry {
        name: name.to_owned(),
        receiver,
        module: info.namespace.to_string(),
        parameters: vec![list],
        returns: script_type(&metadata.return_type),
        is_property,
        docs: docs(&metadata.comments),
    })
}

/// The type of a first parameter, if it is what a method is called on.
fn receiver_of(parameter: &str) -> Option<String> {
    let (name, kind) = parameter.split_once(": ")?;
    let is_method = name == "this"
        || kind.starts_with("&mut ")
        || matches!(name, "string" | "array" | "blob" | "character");
    let label = script_type(kind);
    (is_method && !label.is_empty() && label != "any").then_some(label)
}

/// A parameter as people read it: its name, and its type where that is no Rust.
fn parameter(info: &str) -> String {
    match info.split_once(": ") {
        None => info.to_owned(),
        Some((name, kind)) => match script_type(kind).as_str() {
            "" | "any" => name.trim_start_matches('_').to_owned(),
            kind => format!("{}: {kind}", name.trim_start_matches('_')),
        },
    }
}

/// A Rust type as scripts name it.
fn script_type(kind: &str) -> String {
    let kind = kind
        .trim()
        .trim_start_matches("&mut ")
        .trim_start_matches('&')
        .trim();
    let inner = kind
        .split_once("Result<")
        .filter(|(path, _)| {
            path.chars()
                .all(|letter| letter.is_alphanumeric() || letter == ':')
        })
        .map(|(_, inner)| inner)
        .map(|inner| inner.split([',', '>']).next().unwrap_or(inner).trim());
    let kind = inner.unwrap_or(kind);
    let kind = kind.rsplit("::").next().unwrap_or(kind);
    match kind {
        "ImmutableString" | "str" | "String" | "string" => "string",
        "INT" | "i64" => "integer",
        "FLOAT" | "f64" => "float",
        "FnPtr" => "function",
        "Dynamic" | "T" => "any",
        "()" | "" => "",
        "ExclusiveRange" | "InclusiveRange" => "range",
        "Instant" => "timestamp",
        other => other,
    }
    .to_owned()
}

/// Doc comments as the text they hold.
fn docs<S: AsRef<str>>(comments: &[S]) -> String {
    let lines: Vec<&str> = comments
        .iter()
        .flat_map(|comment| comment.as_ref().lines())
        .map(|line| {
            let line = line.trim_start().trim_start_matches("///");
            line.strip_prefix(' ').unwrap_or(line).trim_end()
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_ours_has_words_and_an_example() {
        let catalogue = Catalogue::ours();
        assert!(catalogue.entries().len() > 100);
        let bare: Vec<String> = catalogue
            .entries()
            .iter()
            .filter(|entry| entry.summary().is_empty() || entry.examples().is_empty())
            .map(|entry| format!("{}.{}", entry.receiver, entry.name))
            .collect();
        assert_eq!(bare, Vec::<String>::new());
    }

    #[test]
    fn methods_are_found_by_the_type_they_are_called_on() {
        let catalogue = Catalogue::get();
        let find = catalogue.method("Collection", "find").unwrap();
        assert_eq!(find.signatures(), ["collection.find(filter?, options?)"]);
        assert!(!find.examples().is_empty());
        for (receiver, name) in [
            ("Document", "keys"),
            ("string", "to_upper"),
            ("Array", "push"),
            ("Client", "ping"),
            ("Cursor", "limit"),
            ("Set", "union"),
            ("Error", "kind"),
        ] {
            assert!(
                catalogue.method(receiver, name).is_some(),
                "{receiver}.{name}"
            );
        }
        for name in ["connect", "print", "sleep", "now", "help", "assert_throws"] {
            assert!(
                catalogue.functions("").any(|entry| entry.name == name),
                "{name}"
            );
        }
        assert!(
            catalogue
                .functions("random")
                .any(|entry| entry.name == "choice")
        );
    }
}
