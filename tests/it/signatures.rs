//! The signatures of script functions, which help, completion and argument checks use.

use std::collections::{BTreeMap, BTreeSet};

use rhai::Engine;
use seaworthy::api::LIBRARY;
use seaworthy::api::call::{Form, OptionSpec, Signature, ValueType};
use seaworthy::engine::catalogue::registry;

use crate::support::{SharedServer, run_script, thrown};

#[test]
fn every_registered_function_has_a_signature() {
    let mut engine = Engine::new_raw();
    engine.register_global_module(LIBRARY.module.clone());
    let registered: BTreeSet<(String, usize)> = engine
        .collect_fn_metadata(
            None,
            |info| Some((info.metadata.name.to_string(), info.metadata.num_params)),
            false,
        )
        .into_iter()
        .collect();
    let known: BTreeSet<&str> = registry().ours().map(|one| one.name).collect();
    for (name, _) in &registered {
        let plain = name.trim_start_matches("get$").trim_start_matches("set$");
        assert!(
            known.contains(plain) || name.starts_with("index$"),
            "{name}"
        );
    }
    assert!(LIBRARY.signatures.len() > 100);
    for signature in &LIBRARY.signatures {
        let this = usize::from(!signature.receiver.is_empty());
        let name = match signature.form {
            Form::Property => format!("get${}", signature.name),
            _ => signature.name.to_owned(),
        };
        for count in signature.required()..=signature.parameters.len() {
            let function = (name.clone(), count + this);
            assert!(registered.contains(&function), "{function:?}");
        }
    }
}

#[test]
fn each_signature_is_in_the_registry_once() {
    for row in &LIBRARY.signatures {
        let found = registry().named(row.name).filter(|one| {
            let is_function = row.receiver.is_empty();
            let is_same = (one.receiver, one.form) == (row.receiver, row.form);
            one.is_ours && one.module == row.module && (is_function || is_same)
        });
        assert_eq!(found.count(), 1, "{}", row.usage());
    }
}

#[test]
fn no_option_is_declared_twice() {
    for signature in registry().ours() {
        let mut names: Vec<&str> = signature.options().map(|option| option.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}", signature.usage());
    }
}

#[test]
fn an_option_has_the_same_type_in_every_function() {
    let mut types: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for option in registry().ours().flat_map(Signature::options) {
        let names = types.entry(option.name).or_default();
        names.insert(option.value_type.name());
    }
    // `max` and `min` are keys in a query and numbers in an index.
    types.retain(|name, types| types.len() > 1 && !matches!(*name, "max" | "min"));
    assert_eq!(types, BTreeMap::new());
}

/// Returns code for a value of a type that the server accepts.
fn sample(name: &str, value_type: ValueType) -> String {
    let code = match (name, value_type) {
        ("collation", _) => "#{ locale: \"en\" }",
        ("command", _) => "#{ ping: 1 }",
        ("full_document", _) => "\"updateLookup\"",
        ("full_document_before_change", _) => "\"off\"",
        ("hint", _) => "\"_id_\"",
        ("indexes", _) => "[#{ keys: \"b\" }]",
        ("kinds", _) => "[\"Network\"]",
        ("members", _) => "1",
        ("operations", _) => "[#{ insert_one: #{ document: #{} } }]",
        // The script itself.
        ("path", _) => "\"example.rhai\"",
        ("write_concern_error", _) => "#{ code: 64 }",
        ("projection" | "sort", _) => "#{ _id: 1 }",
        ("read_concern", _) => "\"local\"",
        ("read_preference", _) => "\"primary\"",
        ("read_preference_tags", _) => "\"dc:east\"",
        ("server_monitoring_mode", _) => "\"poll\"",
        ("session", _) => "client.start_session()",
        ("validation_action", _) => "\"warn\"",
        ("validation_level", _) => "\"moderate\"",
        ("write_concern", _) => "#{ w: 1 }",
        (_, ValueType::Boolean) => "true",
        (_, ValueType::Count | ValueType::Integer | ValueType::Milliseconds) => "5",
        (_, ValueType::Number | ValueType::Seconds) => "2.5",
        (_, ValueType::Documents) => "[#{ n: 1 }]",
        (_, ValueType::Array | ValueType::Pipeline | ValueType::Strings) => "[]",
        (_, ValueType::Function) => "|| 1",
        (_, ValueType::OneOf(texts)) => return format!("{:?}", texts[0]),
        (_, ValueType::Update) => "#{ \"$set\": #{ m: 1 } }",
        (_, ValueType::Value("Timestamp")) => "Timestamp(1, 1)",
        (_, ValueType::Document | ValueType::FilterOrId) => "#{}",
        _ => "random::string(\"abcdefgh\", 12)",
    };
    code.to_owned()
}

/// Returns code for a call with one option.
fn call_with(signature: &Signature, option: &str, value: &str) -> String {
    let receiver = match signature.receiver {
        "" => "",
        "Client" => "client.",
        "Database" => "db.",
        "Collection" => "db.x.",
        "Session" => "client.start_session().",
        "History" => "history().",
        "Bucket" => "db.gridfs().",
        other => panic!("this test has no expression for a {other}"),
    };
    let arguments: Vec<String> = signature
        .parameters
        .iter()
        .map(|parameter| match parameter.value_type {
            value_type if value_type.is_options() => format!("#{{ \"{option}\": {value} }}"),
            ValueType::ValueOf(_) => "\"mongodb://localhost\"".to_owned(),
            value_type => sample(parameter.name, value_type),
        })
        .collect();
    format!("{receiver}{}({})", signature.name, arguments.join(", "))
}

fn every_option() -> Vec<(&'static Signature, &'static OptionSpec)> {
    // A set and its links need more than options: `network_faults` calls them.
    let signatures = registry()
        .ours()
        .filter(|one| !matches!(one.receiver, "ReplicaSet" | "Link"));
    let pairs: Vec<_> = signatures
        .flat_map(|one| one.options().map(move |option| (one, option)))
        .collect();
    assert!(pairs.len() > 250, "{}", pairs.len());
    pairs
}

#[test]
fn every_option_accepts_a_value_of_its_type() {
    let mut script = String::new();
    for (signature, option) in every_option() {
        let is_refused_alone = matches!(
            (signature.name, option.name),
            // These need another option, a file, or a token of this server.
            ("fail_point", _)
                | (
                    _,
                    "password" | "tls_ca_file" | "resume_after" | "start_after"
                )
        );
        // The server of the tests is older.
        let is_too_new = (signature.name, option.name) == ("distinct", "hint");
        if is_refused_alone || is_too_new {
            continue;
        }
        let value = sample(option.name, option.value_type);
        let call = call_with(signature, option.name, &value);
        script.push_str(&format!(
            "try {{ {call} }} catch (err) {{ print(`{}.{}: ${{err.kind}}: ${{err.message}}`); }}\n",
            signature.name, option.name,
        ));
    }
    let signs = [
        "InvalidArgument",
        "unknown field",
        "not a valid",
        "wrong type",
    ];
    let mut refused = SharedServer::get().prints("signature_options", &script);
    refused.retain(|line| signs.iter().any(|sign| line.contains(sign)));
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn a_wrong_option_type_is_named_with_the_expected_type() {
    let options = every_option();
    let mut script = String::new();
    for (signature, option) in &options {
        let call = call_with(signature, option.name, "|| 1");
        script.push_str(&format!(
            "try {{ {call}; print(\"\"); }} catch (err) {{ print(err.message); }}\n"
        ));
    }
    let messages = SharedServer::get().prints("signature_types", &script);
    assert_eq!(messages.len(), options.len());
    for ((signature, option), message) in options.iter().zip(messages) {
        if matches!(option.value_type, ValueType::Any) {
            continue;
        }
        let wanted = format!(
            "option `{}` of `{}` is a function, expected {}",
            option.name,
            signature.name,
            option.value_type.expected()
        );
        assert_eq!(message, wanted);
    }
}

#[test]
fn wrong_options_get_clear_messages() {
    for (code, message) in [
        (
            "db.x.find(#{}, #{ limit: \"3\" })",
            "option `limit` of `find` is a string, expected a whole number",
        ),
        (
            "db.x.find(#{}, #{ skip: -1 })",
            "option `skip` of `find` is -1, expected a whole number, 0 or more",
        ),
        (
            "db.x.update_one(#{}, #{ \"$set\": #{ a: 1 } }, #{ array_filters: [1] })",
            "option `array_filters[0]` of `update_one` is an integer, expected a Document such as `#{ a: 1 }`",
        ),
        (
            "db.x.find_one_and_update(#{}, #{ \"$set\": #{ a: 1 } }, #{ return_document: \"new\" })",
            "option `return_document` of `find_one_and_update` is \"new\", expected \"before\" or \"after\"",
        ),
        (
            "db.x.find(#{}, #{ collation: #{ strength: 1 } })",
            "option `collation` of `find` is a Document without `locale`, expected a Document such as `#{ locale: \"en\" }`",
        ),
        (
            "db.x.find(#{}, #{ limmit: 1 })",
            "`find` has no option `limmit`",
        ),
        (
            "db.x.with_options(#{ session: 1 })",
            "`with_options` has no option `session`",
        ),
        (
            "db.x.insert_one(#{}, #{ session: 1 })",
            "option `session` of `insert_one` is an integer, expected a Session, from `client.start_session()`",
        ),
        (
            "connect(#{ max_pool_size: \"9\" })",
            "option `max_pool_size` of `connect` is a string, expected a whole number, 0 or more",
        ),
        (
            "retry(#{ attempts: 2.5 }, || 1)",
            "option `attempts` of `retry` is 2.5, expected a whole number, 0 or more",
        ),
    ] {
        assert_eq!(
            thrown(code),
            format!("InvalidArgument: {message}"),
            "{code}"
        );
    }
}

#[test]
fn a_wrong_argument_is_named_with_the_expected_type() {
    for (code, message) in [
        (
            "db.x.find([1])",
            "`filter` of `find` is an array, expected a Document such as `#{ a: 1 }`",
        ),
        (
            "db.x.insert_many([#{}, 1])",
            "`documents[1]` of `insert_many` is an integer, expected a Document such as `#{ a: 1 }`",
        ),
        (
            "db.x.update_one(#{}, 1)",
            "`update` of `update_one` is an integer, expected a Document with update operators, or an array of stages",
        ),
        (
            "db.x.insert_one(())",
            "`document` of `insert_one` is `()`, expected a Document such as `#{ a: 1 }`",
        ),
        (
            "eventually(\"1\", || true)",
            "`seconds` of `eventually` is a string, expected a number of seconds",
        ),
        (
            "db.x.watch(1)",
            "`pipeline` of `watch` is an integer, expected an array of stages",
        ),
        (
            "connect(1)",
            "`target` of `connect` is an integer, expected a string or a ReplicaSet",
        ),
    ] {
        assert_eq!(
            thrown(code),
            format!("InvalidArgument: {message}"),
            "{code}"
        );
    }
}

#[test]
fn missing_and_extra_arguments_show_the_signature() {
    for (code, message) in [
        (
            "db.x.update_one(#{})",
            "`update_one` takes `filter, update, options?`; `update` is missing",
        ),
        (
            "db.x.update_one()",
            "`update_one` takes `filter, update, options?`; `filter` and `update` are missing",
        ),
        (
            "db.x.drop(#{}, 1)",
            "`drop` takes `options?`; it was given 2 arguments",
        ),
        (
            "client.ping(1)",
            "`ping` takes no arguments; it was given 1 argument",
        ),
        (
            "parallel(1, 2)",
            "`parallel` takes `count, at_once, function`; `function` is missing",
        ),
        (
            "sleep(\"1\")",
            "`seconds` of `sleep` is a string, expected a float or an integer",
        ),
        (
            "#{}.get(1)",
            "`name` of `get` is an integer, expected a string",
        ),
    ] {
        let errors = run_script(code).errors;
        assert!(errors.contains(message), "{code}\n{errors}");
    }
}

#[test]
fn help_shows_types_and_all_options_with_their_defaults() {
    let lines = [
        "collection.find_one(filter?: Document or _id, options?: Document) -> Document",
        "  Options:",
        "  skip: integer, default: 0",
        "  projection: Document or array of strings, default: all fields",
        "  read_preference: string or Document, default: the client's",
        "  session: Session",
    ];
    for code in ["help(\"find_one\")", "help(db.orders.find_one)"] {
        let help = SharedServer::get()
            .prints("signature_help", code)
            .join("\n");
        for line in lines {
            assert!(
                help.lines().any(|one| one == line),
                "{code}: {line}\n{help}"
            );
        }
    }
}
