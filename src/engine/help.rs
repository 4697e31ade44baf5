//! `help`: what functions do, in the words of their documentation.

use rhai::plugin::{
    Dynamic, Module, NativeCallContext, combine_with_exported_module, export_module,
};

use super::catalogue::{Catalogue, Entry, type_of};
use crate::api::session::{Event, Session};
use crate::api::thrown::RhaiResult;
use crate::error::Result;
use crate::mongo::nearest;

/// The module with `help`.
pub fn module() -> Module {
    let mut module = Module::new();
    combine_with_exported_module!(&mut module, "help", functions);
    module.build_index();
    module
}

#[export_module]
mod functions {
    /// Shows what there is, and where to begin.
    ///
    /// ```rhai
    /// help();
    /// ```
    #[rhai_fn(name = "help", volatile, return_raw)]
    pub fn help(context: NativeCallContext) -> RhaiResult<()> {
        Ok(tell(&context, overview())?)
    }

    /// Shows what a function does, how it is called, and an example: `help("watch")`. Of a value it shows what can be
    /// done with it: `help(db.trucks)`; of a type's name, too: `help("Cursor")`.
    ///
    /// ```rhai
    /// help("find");
    /// help(db.trucks);
    /// ```
    #[rhai_fn(name = "help", volatile, return_raw)]
    pub fn help_on(context: NativeCallContext, topic: Dynamic) -> RhaiResult<()> {
        let text = match topic.read_lock::<rhai::ImmutableString>() {
            Some(name) => on_name(&name),
            None => on_type(&type_of(&topic)).unwrap_or_else(overview),
        };
        Ok(tell(&context, text)?)
    }
}

fn tell(context: &NativeCallContext, text: String) -> Result<()> {
    let session = Session::of(context)?;
    // A closed pipe is noticed by the next `print`.
    let _ = session.emit(Event::Print(text.into()));
    Ok(())
}

/// Where to begin.
pub fn overview() -> String {
    let catalogue = Catalogue::get();
    let mut functions: Vec<&str> = catalogue
        .functions("")
        .filter(|entry| !entry.examples().is_empty() && starts_small(&entry.name))
        .map(|entry| entry.name.as_str())
        .collect();
    functions.dedup();
    format!(
        "client, db, args        this session's client, its database, its arguments\n\
         db.NAME                 a collection: `db.trucks.find(#{{ city: \"Kiel\" }})`\n\
         help(\"find\")            what a function does, with an example\n\
         help(\"Collection\")      what can be done with a value of a type; `help(db.trucks)` too\n\
         errors::NAME            the kinds of errors; random::NAME draws by chance\n\n\
         Types with help: {}\n\n\
         Functions: {}",
        ours(catalogue).join(", "),
        functions.join(", "),
    )
}

fn starts_small(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_lowercase())
}

/// The types that MongoDB brought, and not Rhai.
fn ours(catalogue: &Catalogue) -> Vec<&str> {
    catalogue
        .types()
        .into_iter()
        .filter(|kind| kind.starts_with(|letter: char| letter.is_uppercase()))
        .collect()
}

/// The help on a function's or a type's name.
pub fn on_name(name: &str) -> String {
    let catalogue = Catalogue::get();
    let name = name.trim().trim_end_matches("()");
    let (receiver, short) = match name.rsplit_once(['.', ':']) {
        Some((receiver, short)) => (receiver.trim_end_matches(':'), short),
        None => ("", name),
    };
    if let Some(text) = on_type(name) {
        return text;
    }
    let matching = |entry: &&Entry| {
        receiver.is_empty()
            || entry.receiver.eq_ignore_ascii_case(receiver)
            || entry.module == receiver
            || !catalogue
                .types()
                .iter()
                .any(|kind| kind.eq_ignore_ascii_case(receiver))
                && entry.module.is_empty()
    };
    let mut found: Vec<&Entry> = catalogue.named(short).filter(matching).collect();
    // What this program brings comes before what Rhai has under the same name.
    found.sort_by_key(|entry| {
        let is_plain = matches!(
            entry.receiver.as_str(),
            "Array" | "Blob" | "Map" | "string" | "char"
        );
        (is_plain, entry.examples().is_empty())
    });
    if !found.is_empty() {
        let texts: Vec<String> = found.into_iter().map(text_of).collect();
        return texts.join("\n\n");
    }
    let names = catalogue.entries().iter().map(|entry| entry.name.as_str());
    match nearest(short, names.chain(catalogue.types())) {
        Some(near) => format!("there is no help on `{name}`: did you mean `{near}`?"),
        None => format!("there is no help on `{name}`; `help()` shows what there is"),
    }
}

/// What can be done with a value of that type.
pub fn on_type(name: &str) -> Option<String> {
    let catalogue = Catalogue::get();
    let kind = catalogue
        .types()
        .into_iter()
        .find(|kind| *kind == name)
        .or_else(|| {
            // `help("collection")`, as long as no function is called that.
            catalogue
                .types()
                .into_iter()
                .find(|kind| kind.eq_ignore_ascii_case(name))
                .filter(|_| catalogue.named(name).next().is_none())
        })?;
    let rows: Vec<(String, &str)> = catalogue
        .methods(kind)
        .flat_map(|entry| {
            let summary = entry.summary();
            entry.signatures().into_iter().take(1).map(move |line| {
                let call = line.split_once('.').map_or(line.as_str(), |(_, call)| call);
                (format!(".{call}"), summary)
            })
        })
        .collect();
    let width = rows
        .iter()
        .map(|(call, _)| call.chars().count())
        .max()
        .unwrap_or(0)
        .min(34);
    let lines: Vec<String> = rows
        .iter()
        .map(|(call, summary)| {
            let summary = summary.replace('\n', " ");
            format!("  {call:width$}  {summary}").trim_end().to_owned()
        })
        .collect();
    Some(format!("{kind}\n\n{}", lines.join("\n")))
}

/// Signature, words, example.
fn text_of(entry: &Entry) -> String {
    let mut text = entry.signatures().join("\n");
    let mut in_example = false;
    text.push('\n');
    for line in entry.docs.lines() {
        if line.starts_with("```") {
            in_example = !in_example;
            continue;
        }
        text.push_str(if line.is_empty() { "" } else { "  " });
        text.push_str(if in_example && !line.is_empty() {
            "  "
        } else {
            ""
        });
        text.push_str(line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}
