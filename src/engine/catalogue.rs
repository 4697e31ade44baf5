//! The registry of all script functions: the functions of the tables, and the functions registered
//! as Rust functions, whose signatures are read from Rhai's metadata.

use std::sync::LazyLock;

use rhai::{Dynamic, Engine, FuncInfo};

use crate::api::call::{Form, Parameter, Registry, Signature, ValueType};
use crate::api::{LIBRARY, documented_library};
use crate::values::type_name;

/// Returns the registry of the functions that every engine of this program has.
pub fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
        let mut own = Engine::new_raw();
        super::add_own_modules(&mut own, &documented_library());
        let mut rhai = Engine::new_raw();
        rhai.register_global_module(super::STANDARD.clone());
        let mut signatures: Vec<Signature> = LIBRARY.signatures.iter().map(|one| **one).collect();
        let declared = signatures.clone();
        let is_declared = |one: &Signature| {
            declared.iter().any(|row| {
                // Rhai also calls a function as a method of its first argument.
                let is_function = row.form == Form::Function && one.form == Form::Method;
                let is_same = (row.receiver, row.form) == (one.receiver, one.form);
                (row.module, row.name) == (one.module, one.name) && (is_same || is_function)
            })
        };
        let of_rust = own.collect_fn_metadata(None, |info| Some(read(&info, true)), false);
        signatures.extend(of_rust.into_iter().filter(|one| !is_declared(one)));
        signatures.extend(rhai.collect_fn_metadata(None, |info| Some(read(&info, false)), true));
        Registry::new(signatures)
    });
    &REGISTRY
}

/// Returns the type of a value, with its name in the registry.
pub fn type_of(value: &Dynamic) -> &str {
    if value.is_unit() {
        return "";
    }
    match type_name::bare(value) {
        "array" => "Array",
        "object map" => "Map",
        "character" => "char",
        "boolean" => "bool",
        "ImmutableString" => "string",
        name => name,
    }
}

fn read(info: &FuncInfo, is_ours: bool) -> Signature {
    let metadata = info.metadata;
    let mut parameters: Vec<(&str, String)> = metadata
        .params_info
        .iter()
        .map(|info| match info.split_once(':') {
            Some((name, kind)) => (name.trim().trim_start_matches('_'), script_type(kind)),
            None => (info.as_str(), String::new()),
        })
        .collect();
    let module = info.namespace.as_str();
    let (mut form, name) = form_and_name(&metadata.name);
    let first = metadata.params_info.first().map(|info| info.as_str());
    let receiver = first
        .filter(|_| module.is_empty() && form != Form::Constructor)
        .and_then(|first| receiver_of(first, form))
        .unwrap_or_default();
    if !receiver.is_empty() && form != Form::Operator {
        parameters.remove(0);
        if form == Form::Function {
            form = Form::Method;
        }
    }
    let comments = metadata.comments.iter().flat_map(|comment| comment.lines());
    let comment: Vec<&str> = comments
        .map(|line| line.trim_start().trim_start_matches("///"))
        .collect();
    let parameters = parameters.into_iter().map(|(name, kind)| Parameter {
        name: static_text(name),
        value_type: value_type(&kind),
        is_optional: false,
    });
    Signature {
        name: static_text(name),
        form,
        receiver: static_text(&receiver),
        module: static_text(module),
        parameters: Vec::leak(parameters.collect()),
        returns: match name {
            // Rhai requires a string result, which is always empty.
            "print" | "debug" => "",
            _ => Some(script_type(&metadata.return_type))
                .filter(|kind| kind != "any")
                .map_or("", |kind| static_text(&kind)),
        },
        keeps_documents: false,
        is_ours,
        comment: static_text(&comment.join("\n")),
    }
}

/// Returns the text with a static lifetime: the registry is never dropped.
fn static_text(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn form_and_name(name: &str) -> (Form, &str) {
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
        Some(first) if first.is_alphabetic() || first == '_' => (Form::Function, name),
        _ => (Form::Operator, name),
    }
}

/// Returns the type of the first parameter if the function is a method of it.
fn receiver_of(parameter: &str, form: Form) -> Option<String> {
    let (name, kind) = parameter.split_once(':')?;
    let label = script_type(kind);
    let is_value = name.trim() == "this"
        || kind.trim().starts_with("&mut ")
        || matches!(name.trim(), "string" | "array" | "blob" | "character")
        || matches!(form, Form::Operator | Form::Index)
        || is_type_of_ours(&label);
    (is_value && !label.is_empty() && label != "any").then_some(label)
}

fn is_type_of_ours(label: &str) -> bool {
    label.starts_with(char::is_uppercase) && !matches!(label, "Array" | "Blob" | "Map")
}

fn value_type(kind: &str) -> ValueType {
    match kind {
        "" | "any" => ValueType::Any,
        kind => ValueType::Value(static_text(kind)),
    }
}

/// Returns the name of a Rust type in scripts.
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
        "DbPointer" => "DBPointer",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_a_description_and_an_example() {
        let ours: Vec<&Signature> = registry().ours().filter(|one| one.is_named()).collect();
        assert!(ours.len() > 100);
        let bare: Vec<String> = ours
            .iter()
            .filter(|one| one.summary().is_empty() || one.examples().is_empty())
            .map(|one| one.usage())
            .collect();
        assert_eq!(bare, Vec::<String>::new());
    }

    #[test]
    fn methods_are_found_by_receiver_type() {
        let registry = registry();
        let find: Vec<&Signature> = registry.method("Collection", "find").collect();
        assert_eq!(find.len(), 1);
        assert_eq!(
            find[0].usage(),
            "collection.find(filter?: Document, options?: Document) -> Cursor"
        );
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
                registry.method(receiver, name).next().is_some(),
                "{receiver}.{name}"
            );
        }
        for name in ["connect", "print", "sleep", "now", "help", "assert_throws"] {
            assert!(registry.functions("").any(|one| one.name == name), "{name}");
        }
        assert!(registry.functions("random").any(|one| one.name == "choice"));
    }
}
