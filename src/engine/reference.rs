//! Every function that scripts have beyond Rhai's own, as data: for the generated reference, and for the test that runs
//! every example.

use rhai::{Engine, FuncMetadata};

/// One function with all the ways to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The script type it belongs to, the module (`random`), or nothing for a function that stands alone.
    pub group: Option<String>,
    pub form: Form,
    /// As scripts write it.
    pub name: String,
    /// The parameters of each way to call it, the value it is called on left out; fewest first.
    pub parameters: Vec<Vec<String>>,
    /// Its help text, in Markdown.
    pub docs: String,
}

/// How a function is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `ObjectId("…")`: makes a value of the type it is called after.
    Constructor,
    /// `value.name`.
    Property,
    /// `value.name(…)`.
    Method,
    /// `name(…)`.
    Function,
    /// `left + right`.
    Operator,
    /// `value["name"]`.
    Index,
}

impl Entry {
    /// The code between "```rhai" and "```", one text each.
    pub fn examples(&self) -> Vec<String> {
        let blocks = self.docs.split("```rhai\n").skip(1);
        blocks
            .map(|block| block.split("```").next().unwrap_or_default().to_owned())
            .collect()
    }

    /// The help text without the examples.
    pub fn words(&self) -> &str {
        self.docs
            .split("```")
            .next()
            .unwrap_or_default()
            .trim_end_matches("For example:")
            .trim()
    }
}

/// Every entry, by group, form and name. Nothing here means that the generator is broken, and whoever asks has to say so.
pub fn entries() -> Vec<Entry> {
    let mut engine = Engine::new_raw();
    super::add_own_modules(&mut engine);
    let mut found = engine.collect_fn_metadata(
        None,
        |info| Some(entry(info.namespace.as_str(), info.metadata)),
        false,
    );
    found.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut entries: Vec<Entry> = Vec::new();
    for mut one in found {
        match entries.last_mut().filter(|last| is_same(last, &one)) {
            Some(last) => last.parameters.append(&mut one.parameters),
            None => entries.push(one),
        }
    }
    for entry in &mut entries {
        entry.parameters.sort_by_key(Vec::len);
        entry.parameters.dedup();
    }
    entries
}

type Order<'a> = (Option<&'a str>, Form, &'a str, &'a str, &'a [Vec<String>]);

fn order(entry: &Entry) -> Order<'_> {
    (
        entry.group.as_deref(),
        entry.form,
        &entry.name,
        &entry.docs,
        &entry.parameters,
    )
}

/// Whether two are one function, called with more or fewer arguments.
fn is_same(left: &Entry, right: &Entry) -> bool {
    (&left.group, left.form, &left.name, &left.docs)
        == (&right.group, right.form, &right.name, &right.docs)
}

fn entry(namespace: &str, function: &FuncMetadata) -> Entry {
    let name = function.name.as_str();
    let parameters: Vec<(&str, &str)> = function
        .params_info
        .iter()
        .map(|parameter| match parameter.split_once(':') {
            Some((name, kind)) => (name.trim(), kind.trim()),
            None => (parameter.as_str(), ""),
        })
        .collect();
    let receiver = parameters.first().and_then(|(_, kind)| script_type(kind));
    let (form, shown) = form_and_name(name, receiver.is_some());
    let group = match (form, namespace) {
        (Form::Constructor, _) => Some(shown.to_owned()),
        (_, "") => receiver.clone(),
        (_, module) => Some(module.to_owned()),
    };
    let is_on_value = receiver.is_some() && form != Form::Constructor && namespace.is_empty();
    let names = parameters
        .iter()
        .skip(usize::from(is_on_value || form == Form::Property))
        .map(|(name, _)| (*name).to_owned());
    Entry {
        group,
        form,
        name: shown.to_owned(),
        parameters: vec![names.collect()],
        docs: docs(&function.comments),
    }
}

fn form_and_name(name: &str, is_on_value: bool) -> (Form, &str) {
    if let Some(property) = name
        .strip_prefix("get$")
        .or_else(|| name.strip_prefix("set$"))
    {
        return (Form::Property, property);
    }
    if name.starts_with("index$") {
        return (Form::Index, "[…]");
    }
    match name.chars().next() {
        Some(first) if first.is_uppercase() => (Form::Constructor, name),
        Some(first) if first.is_alphabetic() || first == '_' => {
            let form = if is_on_value {
                Form::Method
            } else {
                Form::Function
            };
            (form, name)
        }
        _ => (Form::Operator, name),
    }
}

/// The script's name for a Rust type, where the type is one of ours.
fn script_type(rust: &str) -> Option<String> {
    let name = rust.trim_start_matches("&mut ").trim();
    let name = name.rsplit("::").next().unwrap_or(name);
    let is_ours = name.starts_with(char::is_uppercase)
        && !matches!(
            name,
            "Dynamic" | "INT" | "FLOAT" | "ImmutableString" | "FnPtr" | "Array" | "Map" | "Blob"
        );
    is_ours.then(|| name.replace("DbPointer", "DBPointer"))
}

fn docs(comments: &[impl AsRef<str>]) -> String {
    let lines = comments.iter().flat_map(|comment| comment.as_ref().lines());
    let lines: Vec<&str> = lines
        .map(|line| {
            let line = line.trim_start();
            let text = line.strip_prefix("///").unwrap_or(line);
            text.strip_prefix(' ').unwrap_or(text).trim_end()
        })
        .collect();
    lines.join("\n").trim().to_owned()
}
