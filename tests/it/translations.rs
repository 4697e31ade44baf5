//! Lines of mongosh and PyMongo, and what their translations do on a real server.
//!
//! `tests/fixtures/translate` has the lines. What each original does was recorded by running it with
//! mongosh and PyMongo themselves (`record_mongosh.py`, `record_pymongo.py`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bson::{Bson, Document, doc};
use seaworthy::api::run::event::Event;
use seaworthy::render::Format;
use seaworthy::script::{self, LastValue, Source};
use seaworthy::translate::{Extent, Language, translate, translate_file};
use serde_json::{Value, json};

use crate::support::{Database, Scratch, SharedServer, seaworthy, shows};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/translate")
}

/// The lines of a language, by section.
fn sections(language: Language) -> Vec<(String, Vec<String>)> {
    let name = language.name().to_lowercase();
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let mut sections: Vec<(String, Vec<String>)> = Vec::new();
    for part in text.trim().split("\n\n") {
        match part
            .strip_prefix("# ")
            .filter(|title| !title.contains('\n'))
        {
            Some(title) => sections.push((title.to_owned(), Vec::new())),
            None => sections.last_mut().unwrap().1.push(part.to_owned()),
        }
    }
    sections
}

fn ours(part: &str, language: Language) -> String {
    let ours = translate(part, language, Extent::File);
    let ours = ours.unwrap_or_else(|problem| panic!("{part}\n{problem:?}"));
    match part.contains('\n') {
        true => ours,
        // On one line, as in the documentation.
        false => ours.lines().map(str::trim).collect::<Vec<_>>().join(" "),
    }
}

/// What a run did.
struct Effect {
    value: Option<Value>,
    printed: Vec<String>,
    /// The collections that differ. A collection that was dropped is null.
    changed: BTreeMap<String, Value>,
}

fn recorded(language: Language) -> BTreeMap<String, Effect> {
    let name = language.name().to_lowercase();
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let all: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    all.into_iter()
        .map(|(part, effect)| {
            let printed = effect["printed"].as_array().unwrap().iter();
            let changed = effect["changed"].as_object().unwrap().clone();
            let effect = Effect {
                value: Some(effect["value"].clone()).filter(|value| !value.is_null()),
                printed: printed
                    .map(|line| line.as_str().unwrap().to_owned())
                    .collect(),
                changed: changed.into_iter().collect(),
            };
            (part, effect)
        })
        .collect()
}

/// Runs a script that prints `prints` values, on a database with the documents of `seed.json`.
fn run(code: &str, database: &str, prints: usize) -> Effect {
    let server = SharedServer::get();
    let client = Database::at(server.uri());
    client.run(database, doc! { "dropDatabase": 1 }).unwrap();
    let seed = fs::read_to_string(folder().join("seed.json")).unwrap();
    let seed: serde_json::Map<String, Value> = serde_json::from_str(&seed).unwrap();
    for (name, documents) in seed {
        let documents = Bson::try_from(documents).unwrap();
        client
            .run(database, doc! { "insert": name, "documents": documents })
            .unwrap();
    }
    let before = state(&client, database);
    let shown: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
    let sink = Arc::clone(&shown);
    let session = server.session(database, move |event| {
        if let Event::Print(value) = event {
            let json = serde_json::from_str(&Format::Json.render(&value)).unwrap();
            sink.lock()
                .unwrap()
                .push((Format::Text.render(&value), json));
        }
    });
    let outcome = script::run(&Source::code("<line>", code), &session, LastValue::Shown);
    session.finish();
    if let Some(failure) = outcome.failure {
        panic!("{code}\n{}", seaworthy::diagnose::explain(&failure).message);
    }
    let after = state(&client, database);
    let names = before.keys().chain(after.keys());
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    let changed = names.filter(differs).map(|name| {
        (
            name.clone(),
            after.get(name).cloned().unwrap_or(Value::Null),
        )
    });
    let changed = changed.collect();
    // The last value is printed too, a cursor as one document after the other.
    let mut shown = std::mem::take(&mut *shown.lock().unwrap());
    let mut values: Vec<Value> = shown
        .split_off(prints.min(shown.len()))
        .into_iter()
        .map(|(_, json)| json)
        .collect();
    Effect {
        value: match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(Value::Array(values)),
        },
        printed: shown.into_iter().map(|(text, _)| text).collect(),
        changed,
    }
}

/// Returns all collections: their documents, indexes and options.
fn state(client: &Database, database: &str) -> BTreeMap<String, Value> {
    let all = |command: Document| -> Vec<Document> {
        let reply = client.run(database, command).unwrap();
        let cursor = reply.get_document("cursor").unwrap();
        let batch = cursor.get_array("firstBatch").unwrap();
        batch
            .iter()
            .map(|one| one.as_document().unwrap().clone())
            .collect()
    };
    let canonical = |documents: Vec<Document>| {
        let documents = documents
            .into_iter()
            .map(|one| Bson::from(one).into_canonical_extjson());
        Value::Array(documents.collect())
    };
    let collections = all(doc! { "listCollections": 1 });
    let collections = collections
        .into_iter()
        .map(|info| (info.get_str("name").unwrap().to_owned(), info))
        .filter(|(name, _)| !name.starts_with("system."));
    collections
        .map(|(name, info)| {
            let mut indexes = match info.get_str("type").unwrap() {
                "collection" => all(doc! { "listIndexes": &name }),
                _ => Vec::new(),
            };
            for index in &mut indexes {
                index.remove("v");
            }
            indexes.sort_by_key(|index| index.get_str("name").unwrap().to_owned());
            let documents = all(doc! { "find": &name, "sort": { "_id": 1 } });
            let options = info.get_document("options").unwrap().clone();
            let state = json!({
                "documents": canonical(documents),
                "indexes": canonical(indexes),
                "options": Bson::from(options).into_canonical_extjson(),
            });
            (name, state)
        })
        .collect()
}

/// Replaces what differs in each run. With `types`, the types of numbers stay.
fn normal(value: &Value, types: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| normal(item, types)).collect(),
        Value::Object(fields) => {
            if let Some((name, inner)) = fields.iter().next().filter(|_| fields.len() == 1) {
                let text = inner.as_str().unwrap_or_default();
                match name.as_str() {
                    "$oid" if !text.starts_with("65a0") => return json!({ "$oid": "*" }),
                    "$date" => return date(inner),
                    "$numberInt" | "$numberLong" | "$numberDouble" => {
                        let number: f64 = text.parse().unwrap();
                        return match types {
                            true => json!({ name: number }),
                            false => json!(number),
                        };
                    }
                    _ => {}
                }
            }
            // The Rust driver stores a file without metadata with null.
            let is_stored =
                |(name, value): &(&String, &Value)| *name != "metadata" || !value.is_null();
            let fields = fields
                .iter()
                .filter(is_stored)
                .map(|(name, value)| (name.clone(), normal(value, types)));
            Value::Object(fields.collect())
        }
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

/// Returns the milliseconds of a date, or a star for a time around now.
fn date(date: &Value) -> Value {
    let ms = match date {
        Value::String(text) => bson::DateTime::parse_rfc3339_str(text)
            .unwrap()
            .timestamp_millis(),
        other => other["$numberLong"].as_str().unwrap().parse().unwrap(),
    };
    match ms > 1_750_000_000_000 {
        true => json!({ "$date": "*" }),
        false => json!({ "$date": ms }),
    }
}

/// Returns a value for a comparison: replies of the server only by their `ok`.
fn shown_value(value: &Value, part: &str) -> Value {
    if part.contains("dbs") || part.contains("list_database_names") {
        return json!(value.as_array().unwrap().contains(&json!("admin")));
    }
    match normal(value, false) {
        Value::Object(fields) if fields.contains_key("ok") => json!({ "ok": fields["ok"] }),
        // A group has no order.
        Value::Array(mut items) if !part.contains("sort") => {
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other,
    }
}

fn compare(part: &str, code: &str, expected: &Effect, got: &Effect) -> Result<(), String> {
    if let Some(value) = &expected.value {
        let got = match (&got.value, value) {
            (None, Value::Array(_)) => json!([]),
            (Some(one), Value::Array(_)) if !one.is_array() => json!([one]),
            (got, _) => got.clone().unwrap_or_default(),
        };
        let (want, have) = (shown_value(value, part), shown_value(&got, part));
        // Where mongosh shows that a command succeeded, a script gets nothing or a handle.
        let is_success = want == json!({ "ok": 1.0 }) || want == json!(true);
        let is_quiet = is_success && (have.is_null() || have.is_string());
        if want != have && !is_quiet {
            return Err(format!("{part}\n{code}\nvalue {have}\nexpected {want}"));
        }
    }
    let lines = |lines: &[String]| -> Vec<String> {
        let is_value = |line: &str| line.contains(['{', '[', '(']);
        lines
            .iter()
            .map(|line| {
                if is_value(line) {
                    "a value".into()
                } else {
                    line.to_lowercase()
                }
            })
            .collect()
    };
    let (want, have) = (lines(&expected.printed), lines(&got.printed));
    if want != have {
        return Err(format!(
            "{part}\n{code}\nprinted {have:?}\nexpected {want:?}"
        ));
    }
    let changes = |effect: &Effect| -> Vec<(String, Value)> {
        let changes = effect.changed.iter().map(|(name, state)| {
            let state = json!({
                "documents": normal(&state["documents"], true),
                "indexes": normal(&state["indexes"], false),
                "options": normal(&state["options"], false),
            });
            (name.clone(), state)
        });
        changes.collect()
    };
    let (want, have) = (changes(expected), changes(got));
    if want != have {
        return Err(format!(
            "{part}\n{code}\nchanged {have:?}\nexpected {want:?}"
        ));
    }
    Ok(())
}

fn all_have_the_effect_of_their_original(language: Language) {
    let recorded = recorded(language);
    let database = language.name().to_lowercase();
    let parts: Vec<String> = sections(language)
        .into_iter()
        .flat_map(|(_, parts)| parts)
        .collect();
    assert_eq!(
        recorded.len(),
        parts.len(),
        "record again: see the top of this file"
    );
    let failed: Vec<String> = parts
        .iter()
        .filter_map(|part| {
            let code = ours(part, language);
            let expected = &recorded[part];
            let got = run(&code, &database, expected.printed.len());
            compare(part, &code, expected, &got).err()
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {}\n{}",
        failed.len(),
        parts.len(),
        failed.join("\n\n")
    );
}

#[test]
fn lines_of_mongosh_have_the_effect_of_their_original() {
    all_have_the_effect_of_their_original(Language::Mongosh);
}

#[test]
fn lines_of_pymongo_have_the_effect_of_their_original() {
    all_have_the_effect_of_their_original(Language::PyMongo);
}

#[test]
fn the_pages_for_newcomers_show_the_translations() {
    for language in [Language::Mongosh, Language::PyMongo] {
        let name = language.name().to_lowercase();
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/coming-from-{name}.md"));
        let before = fs::read_to_string(&path).unwrap();
        let (intro, _) = before.split_once("<!-- lines -->").unwrap();
        let page = format!("{intro}<!-- lines -->\n{}", tables(language));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, page).unwrap();
        } else {
            assert_eq!(
                before, page,
                "UPDATE_DOCS=1 cargo test --test it translations"
            );
        }
    }
}

/// Returns the tables of single lines, and the longer parts below them.
fn tables(language: Language) -> String {
    let mut page = String::new();
    let mut count = 0;
    for (title, parts) in sections(language) {
        page.push_str(&format!("\n## {title}\n"));
        if parts.iter().all(|part| !part.contains('\n')) {
            page.push_str(&format!("\n| {} | here |\n|---|---|\n", language.name()));
        }
        for part in parts {
            let ours = ours(&part, language);
            let cell = |text: &str| format!("`{}`", text.replace('|', "\\|"));
            if part.contains('\n') {
                let word = match language {
                    Language::Mongosh => "js",
                    Language::PyMongo => "python",
                };
                page.push_str(&format!(
                    "\n```{word}\n{part}\n```\n\n```rhai\n{ours}\n```\n"
                ));
            } else if ours.contains('`') {
                page.push_str(&format!("| {} | {} |\n", double(&part), double(&ours)));
                count += 1;
            } else {
                page.push_str(&format!("| {} | {} |\n", cell(&part), cell(&ours)));
                count += 1;
            }
        }
    }
    assert!(count >= 100, "{count}");
    page
}

/// Returns code with back quotes as it stands in a table.
fn double(text: &str) -> String {
    format!("`` {} ``", text.replace('|', "\\|"))
}

/// Code that has no sure translation.
const REFUSED: &[(Language, &str)] = &[
    (Language::Mongosh, "let half = 7 / 2"),
    (Language::Mongosh, "new Date('2024-01-01T10:00:00')"),
    (Language::Mongosh, "new Date(2024, 0, 31)"),
    (Language::Mongosh, "db.orders.find().size().length"),
    (
        Language::Mongosh,
        "function f() { return limit } const limit = 5; f()",
    ),
    (
        Language::Mongosh,
        "use archive\nfunction f() { return db.x.findOne() }",
    ),
    (Language::Mongosh, "const a = {}; const b = a; b.x = 1"),
    (
        Language::Mongosh,
        "const doc = { a: 1 }; db.x.insertOne(doc); print(doc._id)",
    ),
    (Language::Mongosh, "if (db.x.find().toArray()) { print(1) }"),
    (Language::Mongosh, "[1, 2].map((x, i) => x + i)"),
    (Language::Mongosh, "for (const key in [1]) { print(key) }"),
    (
        Language::Mongosh,
        "Object.entries([1]).forEach(([k, v]) => print(k, v))",
    ),
    (
        Language::Mongosh,
        "Object.entries({ a: 1 }).map(([k, v]) => k)",
    ),
    (Language::Mongosh, "const { a, b } = db.x.findOne()"),
    (Language::Mongosh, "db.x.find({ ...filter })"),
    (Language::Mongosh, "sh.status()"),
    (
        Language::Mongosh,
        "function f(session) { session.getDatabase('a').x.drop() }",
    ),
    (Language::Mongosh, "print(db.x.insertOne({}).acknowledged)"),
    (Language::Mongosh, "fetch('https://example.com')"),
    (Language::Mongosh, "db.x.find({ a: 1 }"),
    (Language::Mongosh, "if (true) { var x = 1 }\nprint(x)"),
    (Language::PyMongo, "db.orders.find(a=1)"),
    (Language::PyMongo, "half = 7 % 2"),
    (Language::PyMongo, "datetime.now()"),
    (Language::PyMongo, "import json"),
    (
        Language::PyMongo,
        "try:\n    f()\nexcept OperationFailure:\n    pass",
    ),
    (Language::PyMongo, "a = [1]\nb = a\nb.append(2)"),
    (Language::PyMongo, "for x in [1]:\n    y = x\nprint(y)"),
    (Language::PyMongo, "print('a', end='')"),
    (Language::PyMongo, "x = {k: v for k in [1]}"),
    (Language::PyMongo, "print(f\"{1.5:.2f}\")"),
    (
        Language::PyMongo,
        "db.x.find().sort(key)\nif 1 < 2 < 3:\n    pass",
    ),
    (Language::PyMongo, "class A:\n    pass"),
    (
        Language::PyMongo,
        "r = db.x.insert_one({})\nprint(r.acknowledged_by)",
    ),
    (
        Language::PyMongo,
        "with open('a.json') as file:\n    print(file)",
    ),
    (Language::PyMongo, "fs = gridfs.GridFS(db)"),
    (
        Language::PyMongo,
        "fs = GridFSBucket(db)\nfs.upload_from_stream('a', source())",
    ),
];

#[test]
fn what_is_not_sure_is_refused_with_its_place() {
    let shown = REFUSED.iter().map(|(language, code)| {
        let problem = translate(code, *language, Extent::File).expect_err(code);
        let (line, column) = problem.position(code);
        format!("{code}\n    {line}:{column} {}\n", problem.message)
    });
    shows(
        "translate",
        "refused",
        &shown.collect::<Vec<_>>().join("\n"),
    );
}

#[test]
fn a_file_keeps_its_comments_and_marks_what_is_not_translated() {
    let file = "// Stock report\nconst total = db.stock.countDocuments({});\n\nconst half = total / 2;\n\
                print(half);\n\n/* The last\n   lines. */\ndb.stock.find().forEach(printjson); // all\n";
    let folder = Scratch::new();
    folder.write("report.js", file);
    let ran = folder.seaworthy(&["translate", "report.js"]);
    assert_eq!(ran.code, Some(1));
    shows("translate", "file", &format!("{}\n{}", ran.out, ran.errors));
    folder.write(
        "report.py",
        "import pymongo\n\nfor t in db.stock.find():\n    print(t[\"n\"])\n",
    );
    let ran = folder.seaworthy(&["translate", "report.py"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            Some(0),
            "for t in db.stock.find() {\n    print(t[\"n\"]);\n}\n"
        )
    );
    let missing = seaworthy(&["translate", "missing.js"]);
    assert_eq!(missing.code, Some(2));
    assert!(
        missing.errors.contains("`missing.js` cannot be read"),
        "{}",
        missing.errors
    );
}

#[test]
fn code_of_a_python_session_is_translated_without_its_output() {
    let session = ">>> for x in db.x.find():\n...     print(x)\n...\n{'a': 1}\n>>> db.x.find_one({'b': None})\n";
    let ours = translate(session, Language::PyMongo, Extent::Line);
    let expected = "for x in db.x.find() {\n    print(x);\n}\n\ndb.x.find_one(#{ b: () })";
    assert_eq!(ours.as_deref(), Ok(expected));
}

#[test]
fn the_end_of_a_with_block_is_behind_its_statements() {
    let code = "with client.start_session() as s:\n    with s.start_transaction():\n        db.x.insert_one({}, session=s)\nprint(1)\n";
    let ours = translate_file(code, None).text;
    let order = [
        "start_session()",
        "start_transaction()",
        "insert_one(",
        "commit_transaction()",
        "abort_transaction()",
        "s.end()",
        "print(1)",
    ];
    let places = order.map(|part| ours.find(part).unwrap_or_else(|| panic!("{part}\n{ours}")));
    assert!(places.is_sorted(), "{ours}");
}

#[test]
fn a_file_without_an_ending_is_read_in_the_language_that_fits() {
    let python = translate_file(
        "db.x.update_one({}, {\"$set\": {\"a\": None}}, upsert=True)\n",
        None,
    );
    assert_eq!(python.language, Language::PyMongo);
    assert_eq!(
        python.text,
        "db.x.update_one(#{}, #{ $set: #{ a: () } }, #{ upsert: true })\n"
    );
}

#[test]
fn any_text_is_read_without_a_panic() {
    for text in [
        "",
        "`",
        "${",
        "f\"{",
        "((((",
        "'\\",
        "/",
        "for (",
        "a\n  b\n c",
        "\u{1F600}",
        "x => {",
        "{[(",
    ] {
        for language in [Language::Mongosh, Language::PyMongo] {
            let _ = translate(text, language, Extent::Line);
            let _ = translate_file(text, Some(language));
        }
    }
}

#[test]
fn parse_ejson_reads_literals_of_shells() {
    let literal =
        r#"{ name: 'Ada', at: ISODate("2026-01-31"), n: NumberLong("5"), list: [/a/i, null], }"#;
    let ours =
        r#"#{ name: "Ada", at: DateTime("2026-01-31"), n: Int64(5), list: [Regex("a", "i"), ()] }"#;
    let script = format!(
        "assert(same_bytes(parse_ejson(`{literal}`), {ours}));
         assert_eq(parse_ejson(`{{'a': None, \"b\": True, 'o': ObjectId('65a000000000000000000001')}}`).a, ());
         assert_throws(errors::InvalidArgument, || parse_ejson(`{{ a: f(1) }}`));"
    );
    let ran = crate::support::run_script(&script);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
}
