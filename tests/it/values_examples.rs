use crate::support::{Script, describe};

/// The signature and the doc comment of every function that is not Rhai's own.
fn functions(value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    for function in value["functions"].as_array().into_iter().flatten() {
        let comments = function["docComments"].as_array().into_iter().flatten();
        let lines = comments
            .filter_map(serde_json::Value::as_str)
            .flat_map(str::lines);
        let lines = lines.map(|line| line.trim().trim_start_matches("///").trim());
        let text = lines.collect::<Vec<_>>().join("\n");
        found.push((function["signature"].to_string(), text));
    }
    for (_, module) in value["modules"].as_object().into_iter().flatten() {
        functions(module, found);
    }
}

/// The handles whose examples need a server, and so are not for this test.
const HANDLES: &[&str] = &[
    "Client",
    "Database",
    "Collection",
    "Cursor",
    "ChangeStream",
    "FailPoint",
    "ReplicaSet",
    "Member",
];

#[test]
fn every_example_runs() {
    let script = Script::new();
    let metadata = script.engine.gen_fn_metadata_to_json(false).unwrap();
    let mut found = Vec::new();
    functions(&serde_json::from_str(&metadata).unwrap(), &mut found);
    let mut ran = 0;
    let mut failures = Vec::new();
    for (signature, text) in found {
        let fenced = text.split_once("```rhai\n");
        let Some((example, _)) = fenced.and_then(|(_, rest)| rest.split_once("```")) else {
            continue;
        };
        let needs_server = |text: &str| {
            ["client", "db.", "connect(", "replica_set("]
                .iter()
                .any(|word| text.contains(word))
                || text.contains("replica_set(")
        };
        if HANDLES.iter().any(|handle| signature.contains(handle))
            || needs_server(example)
            || example.contains("exit(")
        {
            continue;
        }
        ran += 1;
        if let Err(error) = script.eval(example) {
            failures.push(format!("{signature}: {}\n{example}", describe(&error)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(ran > 150, "only {ran} examples were found");
}
