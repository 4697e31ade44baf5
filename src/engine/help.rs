//! `help`: shows the documentation of functions and types.

use rhai::plugin::{
    Dynamic, Module, NativeCallContext, combine_with_exported_module, export_module,
};

use super::catalogue::{registry, type_of};
use super::drivers;
use super::glossary;
use super::language::{self, Page};
use super::wrap::{paragraphs, row, wrap};
use crate::api::call::{OptionSpec, Registry, Signature};
use crate::api::handles::collection::Collection;
use crate::api::handles::database::Database;
use crate::api::run::event::Event;
use crate::api::run::session::Session;
use crate::error::Result;
use crate::error::nearest;
use crate::values::thrown::RhaiResult;

/// Returns the module with `help`.
pub fn module() -> Module {
    let mut module = Module::new();
    combine_with_exported_module!(&mut module, "help", functions);
    module.build_index();
    module
}

#[export_module]
mod functions {
    /// Shows the types and functions that have help, and how to start.
    ///
    /// ```rhai
    /// help();
    /// ```
    #[rhai_fn(name = "help", volatile, return_raw)]
    pub(super) fn help(context: NativeCallContext) -> RhaiResult<()> {
        Ok(tell(&context, overview())?)
    }

    /// Shows what a function does, its parameters and options with their types, and an example.
    ///
    /// Examples are `help("watch")` and `help(db.trucks.watch)`. For a value or the name of a type
    /// it lists the methods: `help(db.trucks)`, `help("Cursor")`.
    ///
    /// ```rhai
    /// help("find");
    /// help(db.trucks.find);
    /// help(db.trucks);
    /// ```
    #[rhai_fn(name = "help", volatile, return_raw)]
    pub(super) fn help_on(context: NativeCallContext, topic: Dynamic) -> RhaiResult<()> {
        let text = match topic.read_lock::<rhai::ImmutableString>() {
            Some(name) => on_name(&name),
            None => on_value(&topic),
        };
        Ok(tell(&context, text)?)
    }
}

fn tell(context: &NativeCallContext, text: String) -> Result<()> {
    let session = Session::of(context)?;
    // The next `print` reports a closed pipe.
    let _ = session.emit(Event::Print(text.into()));
    Ok(())
}

pub fn overview() -> String {
    let mut functions: Vec<&str> = registry()
        .functions("")
        .filter(|one| !one.examples().is_empty() && one.name.starts_with(char::is_lowercase))
        .map(|one| one.name)
        .collect();
    functions.dedup();
    format!(
        "client, db, args        this session's client, its database, its arguments\n\
         db.NAME                 a collection: `db.trucks.find(#{{ city: \"Kiel\" }})`\n\
         help(\"find\")            what a function does, with an example\n\
         help(\"if\")              a word of the language; `help(\"read concern\")`: a term of MongoDB\n\
         help(\"Collection\")      the methods of a type; `help(db.trucks)` shows them too\n\
         errors::NAME            the error kinds; random::NAME: random values\n\
         timeline::NAME          names for moments and parts of a script, in its timeline\n\n\
         Types with help: {}\n\n\
         Functions: {}\n\n\
         `seaworthy lesson` starts the course, `seaworthy exercise` its exercises; at the prompt: `:lesson`, `:exercise`",
        ours(registry()).join(", "),
        functions.join(", "),
    )
}

/// Returns the types of this program, without Rhai's own types.
fn ours(registry: &Registry) -> Vec<&str> {
    let mut types = registry.types();
    // `Range<INT>` is a name of Rhai.
    types.retain(|kind| kind.starts_with(char::is_uppercase) && !kind.contains('<'));
    types
}

/// Returns the help for a value: for the method with its name, or for its type.
pub fn on_value(value: &Dynamic) -> String {
    match method_meant(value) {
        Some((receiver, name)) => on_name(&format!("{receiver}.{name}")),
        None => on_type(type_of(value)).unwrap_or_else(overview),
    }
}

/// Returns the method that `db.trucks.find` can mean, which is also a collection: its receiver and
/// name.
pub fn method_meant(value: &Dynamic) -> Option<(&'static str, String)> {
    let (receiver, name) = if let Some(collection) = value.read_lock::<Collection>() {
        match collection.name().rsplit_once('.') {
            Some((_, last)) => ("Collection", last.to_owned()),
            None => ("Database", collection.name().to_owned()),
        }
    } else {
        let database = value.read_lock::<Database>()?;
        ("Client", database.name().to_owned())
    };
    let mut methods = registry().method(receiver, &name);
    methods
        .any(|one| !one.is_property())
        .then_some((receiver, name.clone()))
}

/// Returns the help for the name of a function or type, or a name that could be meant.
pub fn on_name(name: &str) -> String {
    find(name).unwrap_or_else(|| {
        let name = plain(name);
        let names = registry().names().chain(registry().types());
        match nearest(split(name).1, names) {
            Some(near) => format!("there is no help on `{name}`: did you mean `{near}`?"),
            None => format!("there is no help on `{name}`; `help()` shows what there is"),
        }
    })
}

fn plain(name: &str) -> &str {
    name.trim().trim_end_matches("()")
}

/// Returns the receiver or module of a name, and the rest.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(['.', ':']) {
        Some((receiver, short)) => (receiver.trim_end_matches(':'), short),
        None => ("", name),
    }
}

/// Returns the help for the name of a function, a type, an option, a word of the language, or a
/// term, if there is help.
pub fn find(name: &str) -> Option<String> {
    let registry = registry();
    let name = plain(name);
    let (receiver, short) = split(name);
    let page = language::page(name).or_else(|| glossary::term(name));
    let types = registry.types();
    if types.contains(&name) {
        // The exact name of a type: its methods, then the term with the same name.
        let pages = page.into_iter().map(page_text);
        let texts: Vec<String> = on_type(name).into_iter().chain(pages).collect();
        return Some(texts.join("\n\n"));
    }
    if let Some(page) = page {
        return Some(page_text(page));
    }
    if let Some(text) = on_type(name) {
        return Some(text);
    }
    let is_type = types.iter().any(|kind| kind.eq_ignore_ascii_case(receiver));
    let mut found: Vec<&Signature> = registry
        .named(short)
        .filter(|one| {
            receiver.is_empty()
                || one.receiver.eq_ignore_ascii_case(receiver)
                || one.module == receiver
                || !is_type && one.module.is_empty()
        })
        .collect();
    // The functions of this program come before Rhai's functions with the same name.
    found.sort_by_key(|one| {
        let is_plain = matches!(one.receiver, "Array" | "Blob" | "Map" | "string" | "char");
        (is_plain, !one.is_ours)
    });
    let folded = fold(&mut found, receiver);
    let mut texts: Vec<String> = found
        .chunk_by(|a, b| is_same_function(a, b))
        .map(text_of)
        .collect();
    texts.extend(folded);
    if !texts.is_empty() {
        return Some(texts.join("\n\n"));
    }
    on_option(name)
}

/// Removes the functions that are rarely meant if there are others with the same name, and returns a
/// sentence that names them: those of Rhai and of buckets.
fn fold(found: &mut Vec<&Signature>, receiver: &str) -> Option<String> {
    let is_likely = |one: &&Signature| one.is_ours && one.receiver != "Bucket";
    if !receiver.is_empty() || !found.iter().any(is_likely) {
        return None;
    }
    let (likely, others): (Vec<&Signature>, Vec<&Signature>) = found.drain(..).partition(is_likely);
    *found = likely;
    let mut names: Vec<String> = others
        .iter()
        .filter(|one| !one.receiver.is_empty())
        .map(|one| format!("{}.{}", one.receiver.to_lowercase(), one.name))
        .collect();
    names.dedup();
    let first = names.first()?;
    let list = names.join("`, `");
    let sentence = format!("Others with this name: `{list}`. `help(\"{first}\")` shows the first.");
    Some(wrap("", "", &sentence))
}

/// Returns a page about a word of the language or a term, with its names and indented code.
fn page_text(page: &Page) -> String {
    let mut text = page.names.join("   ");
    for block in page.text.split("\n\n") {
        text.push('\n');
        let code = block
            .strip_prefix("```")
            .and_then(|code| code.split_once('\n'));
        match code {
            Some((_, code)) => {
                let lines = code.trim_end_matches("```").lines();
                lines.for_each(|line| text.push_str(&format!("\n    {line}")));
            }
            None => {
                text.push('\n');
                text.push_str(&wrap("  ", "  ", block));
            }
        }
    }
    text
}

/// Returns the functions that take an option, and its names in other drivers.
fn on_option(name: &str) -> Option<String> {
    let row = drivers::row(name);
    let mut functions: Vec<&str> = registry()
        .ours()
        .filter(|one| one.options().any(|option| option.name == name))
        .map(|one| one.name)
        .collect();
    functions.sort_unstable();
    functions.dedup();
    if functions.is_empty() && row.is_none() {
        return None;
    }
    let mut text = format!("{name}\n");
    if !functions.is_empty() {
        text.push_str(&format!("\n  An option of {}.\n", functions.join(", ")));
    }
    if let Some(row) = row {
        text.push_str("\n  In your driver:\n");
        for line in row.markdown().lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    Some(text.trim_end().to_owned())
}

/// Returns whether both are ways to call one function, with the same text.
fn is_same_function(left: &Signature, right: &Signature) -> bool {
    left.receiver == right.receiver
        && left.module == right.module
        && left.is_ours == right.is_ours
        && (!left.is_ours || left.comment == right.comment)
}

/// The width of the column with calls in a list of methods. The words of a longer call start on the
/// next line.
const WIDEST_CALL: usize = 30;

/// Returns the list of the methods of a type.
pub fn on_type(name: &str) -> Option<String> {
    let registry = registry();
    let types = registry.types();
    let exact = types.iter().find(|kind| **kind == name);
    let kind = exact.or_else(|| {
        // Also accepts `help("collection")` if no function has this name.
        types
            .iter()
            .find(|kind| kind.eq_ignore_ascii_case(name))
            .filter(|_| registry.named(name).next().is_none())
    })?;
    let mut methods: Vec<&Signature> = registry.methods(kind).collect();
    methods.dedup_by_key(|one| one.name);
    let rows: Vec<(String, String)> = methods
        .into_iter()
        .map(|one| (format!(".{}", one.call()), one.summary()))
        .collect();
    let widths = rows.iter().map(|(call, _)| call.chars().count());
    let width = widths.max().unwrap_or(0).min(WIDEST_CALL);
    let lines: Vec<String> = rows
        .iter()
        .map(|(call, summary)| row(&format!("  {call}"), width + 4, summary))
        .collect();
    Some(format!("{kind}\n\n{}", lines.join("\n")))
}

/// Returns the usage, the text, the options and the examples.
fn text_of(ways: &[&Signature]) -> String {
    let usages = ways.iter().map(|one| wrap("", "    ", &one.usage()));
    let mut text: Vec<String> = usages.collect();
    let Some(first) = ways.iter().find(|one| !one.comment.is_empty()) else {
        return text.join("\n");
    };
    let docs = first.docs();
    let (words, examples) = docs.split_at(first.words().len());
    text.push(paragraphs("  ", words.trim()));
    if first.options().next().is_some() {
        text.push(String::new());
        text.push("  Options:".to_owned());
        text.extend(first.options().map(option_line));
    }
    let mut in_example = false;
    text.push(String::new());
    for line in examples.trim_start().lines() {
        if line.starts_with("```") {
            in_example = !in_example;
            continue;
        }
        text.push(indented(if in_example { "    " } else { "  " }, line));
    }
    text.join("\n").trim_end().to_owned()
}

fn option_line(option: &OptionSpec) -> String {
    let (name, value_type) = (option.name, option.value_type.name());
    let words = match option.default {
        "" => value_type,
        default => format!("{value_type}, default: {default}"),
    };
    wrap("  ", "      ", &format!("{name}: {words}"))
}

fn indented(by: &str, line: &str) -> String {
    format!("{by}{line}").trim_end().to_owned()
}
