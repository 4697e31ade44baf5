use crate::engine::catalogue::registry;
use crate::engine::language;
use crate::error::Kind;

/// Returns one line about a concept, from the documentation of the functions and of the language.
///
/// ```
/// use seaworthy::course::concepts::summary;
///
/// assert_eq!(summary("loop").unwrap(), "Runs a block again and again, until `break` or `return`.");
/// assert_eq!(summary("upsert:").unwrap(), "an option of `find_one_and_replace`, `find_one_and_update`, `replace_one`, …: bool, default: false");
/// assert_eq!(summary("$set"), None);
/// ```
pub fn summary(concept: &str) -> Option<String> {
    if let Some(option) = concept.strip_suffix(':') {
        return of_option(option);
    }
    if let Some(kind) = concept.strip_prefix("errors::") {
        return Some(Kind::from_name(kind)?.meaning().trim().to_owned());
    }
    if let Some(page) = language::page(concept) {
        return Some(page.summary());
    }
    let (module, name) = concept.rsplit_once("::").unwrap_or(("", concept));
    let mut named = registry()
        .named(name)
        .filter(|one| module.is_empty() || one.module == module);
    let summary = named.find_map(|one| Some(one.summary()).filter(|text| !text.is_empty()))?;
    Some(summary.replace('\n', " "))
}

fn of_option(name: &str) -> Option<String> {
    let mut functions = Vec::new();
    let mut found = None;
    for one in registry().ours() {
        let Some(option) = one.options().find(|option| option.name == name) else {
            continue;
        };
        if !functions.contains(&one.name) {
            functions.push(one.name);
        }
        found.get_or_insert(option);
    }
    let option = found?;
    functions.sort_unstable();
    let mut names: Vec<String> = functions.iter().map(|name| format!("`{name}`")).collect();
    if names.len() > 3 {
        names.truncate(3);
        names.push("…".to_owned());
    }
    let default = match option.default {
        "" => String::new(),
        default => format!(", default: {default}"),
    };
    let value_type = option.value_type.name();
    Some(format!(
        "an option of {}: {value_type}{default}",
        names.join(", ")
    ))
}
