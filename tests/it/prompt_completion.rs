//! Completion offers what the signatures declare.

use seaworthy::api::call::Signature;
use seaworthy::engine::catalogue::registry;
use seaworthy::repl::completion::CompletionIndex;

use crate::support::SharedServer;

/// Returns what Tab offers at the end of a line.
fn offered(line: &str) -> Vec<String> {
    let known = CompletionIndex {
        database: "lessons".into(),
        ..CompletionIndex::default()
    };
    let (_, found) = known.complete(line, line.len());
    found.into_iter().map(|candidate| candidate.text).collect()
}

/// An expression for each type.
const RECEIVERS: &[(&str, &str)] = &[
    ("Client", "client"),
    ("Database", "db"),
    ("Collection", "db.x"),
    ("Cursor", "db.x.find()"),
    ("ChangeStream", "db.x.watch()"),
    ("Session", "client.start_session()"),
    ("Pool", "client.pool"),
    ("ReplicaSet", "set"),
    ("Member", "set.primary"),
    ("Task", "background(|| 1)"),
    ("FailPoint", "fault"),
    ("History", "history()"),
    ("Bucket", "db.gridfs()"),
];

/// The arguments of methods that require some.
const ARGUMENTS: &[(&str, &str)] = &[
    ("aggregate", "[]"),
    ("batch_size", "1"),
    ("bulk_write", "[#{ insert_one: #{ document: #{} } }]"),
    ("check", "\"set\""),
    ("collation", "#{ locale: \"en\" }"),
    ("collection", "\"x\""),
    ("command", "#{ ping: 1 }"),
    ("comment", "\"x\""),
    ("create_collection", "random::string(\"abcdefgh\", 12)"),
    ("create_index", "\"a\""),
    ("create_indexes", "[#{ keys: \"b\" }]"),
    ("create_view", "random::string(\"abcdefgh\", 12), \"x\", []"),
    ("database", "\"x\""),
    ("filter", "|d| true"),
    ("map", "|d| d"),
    (
        "modify_collection",
        "\"x\", #{ validation_level: \"strict\" }",
    ),
    ("delete_many", "#{ n: 9 }"),
    ("delete_one", "#{ n: 9 }"),
    ("distinct", "\"n\""),
    ("Bucket.download", "db.gridfs().upload(\"a\", \"b\")"),
    ("Bucket.open", "db.gridfs().upload(\"a\", \"b\")"),
    ("download_by_name", "\"a\""),
    (
        "download_file",
        "db.gridfs().upload(\"a\", \"b\"), \"copy\"",
    ),
    ("open_by_name", "\"a\""),
    ("find_one_and_delete", "#{ n: 1 }"),
    ("find_one_and_replace", "#{ n: 1 }, #{ n: 1 }"),
    ("find_one_and_update", "#{ n: 1 }, #{ \"$set\": #{ m: 1 } }"),
    ("hint", "\"_id_\""),
    ("insert_many", "[#{ n: 1 }, #{ n: 1 }]"),
    ("insert_one", "#{ n: 1 }"),
    ("limit", "1"),
    ("max_time_ms", "1000"),
    ("ChangeStream.next", "0.01"),
    ("project", "#{ n: 1 }"),
    ("read_preference", "\"primary\""),
    ("rename", "random::string(\"abcdefgh\", 12)"),
    ("replace_one", "#{ n: 1 }, #{ n: 1 }"),
    ("set_profiling_level", "0"),
    ("skip", "0"),
    ("sort", "\"n\""),
    ("take", "1, 0.01"),
    ("update_many", "#{ n: 1 }, #{ \"$set\": #{ m: 1 } }"),
    ("update_one", "#{ n: 1 }, #{ \"$set\": #{ m: 1 } }"),
    ("with_options", "#{}"),
];

#[test]
fn every_option_is_completed() {
    let mut missing = Vec::new();
    let mut count = 0;
    // The type of a link is known only from a variable.
    let known = registry().ours().filter(|one| one.receiver != "Link");
    for signature in known {
        let mut parameters = signature.parameters.iter();
        let Some(place) = parameters.position(|parameter| parameter.value_type.is_options()) else {
            continue;
        };
        count += 1;
        let mut receivers = RECEIVERS.iter();
        let receiver = receivers.find(|(label, _)| *label == signature.receiver);
        let before = "1, ".repeat(place);
        let dot = receiver.map_or(String::new(), |(_, code)| format!("{code}."));
        let line = format!("{dot}{}({before}#{{ ", signature.name);
        let mut wanted: Vec<String> = signature
            .options()
            .map(|option| match option.name {
                "let" => "\"let\": ".to_owned(),
                name => format!("{name}: "),
            })
            .collect();
        wanted.sort();
        if offered(&line) != wanted {
            missing.push(line);
        }
    }
    assert!(count > 20, "{count}");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn options_are_offered_only_in_option_arguments() {
    for (line, wanted) in [
        ("db.x.insert_one(#{}, #{ ses", "session: "),
        ("db.x.watch(#{ full", "full_document: "),
        ("db.x.watch([], #{ full", "full_document: "),
        ("connect(\"mongodb://h\", #{ max_po", "max_pool_size: "),
        ("client.start_session(#{ caus", "causal_consistency: "),
        ("retry(#{ att", "attempts: "),
    ] {
        assert!(offered(line).contains(&wanted.to_owned()), "{line}");
    }
    for line in [
        "db.x.aggregate([#{ allow",
        "db.x.find(#{ lim",
        "db.x.watch([#{ full",
    ] {
        assert_eq!(offered(line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn methods_return_their_declared_types() {
    // A server can have one fail point only, and other tests use the shared server.
    let fault = "#{ commands: [\"shutdown\"], times: 1, error_code: 8000 }";
    let mut script = format!(
        "let set = replica_set(#{{ members: 1 }}); let fault = connect(set).fail_point({fault});\n"
    );
    let mut declared = Vec::new();
    // `link` needs a set with a network.
    let is_called = |one: &&Signature| one.is_named() && one.name != "link";
    for entry in registry().ours().filter(is_called) {
        let receiver = RECEIVERS.iter().find(|(label, _)| *label == entry.receiver);
        let (Some((_, receiver)), false) = (receiver, entry.returns.is_empty()) else {
            continue;
        };
        let name = &entry.name;
        let full = format!("{}.{name}", entry.receiver);
        let wanted = ARGUMENTS
            .iter()
            .find(|(method, _)| method == name || *method == full.as_str());
        let arguments = match (entry.is_property(), wanted) {
            (true, _) => String::new(),
            (false, Some((_, arguments))) => format!("({arguments})"),
            (false, None) => "()".to_owned(),
        };
        let call = match *name {
            "fail_point" => "fault".to_owned(),
            name => format!("{receiver}.{name}{arguments}"),
        };
        script.push_str(&format!(
            "db.x.insert_one(#{{ n: 1 }}); print(type_of({call}));\n"
        ));
        declared.push((call, entry.returns));
    }
    assert!(declared.len() > 80, "{}", declared.len());
    let given = SharedServer::get().prints("completion_returns", &script);
    assert_eq!(given.len(), declared.len());
    for ((call, declared), given) in declared.iter().zip(&given) {
        let given = match given.as_str() {
            "i64" => "integer",
            "f64" => "float",
            "array" => "Array",
            "blob" => "Blob",
            name => name,
        };
        // No document was found, or no event has arrived.
        let is_none = given == "()" && *declared == "Document";
        assert!(
            is_none || given == *declared,
            "{call} gives {given}, not {declared}"
        );
    }
}
