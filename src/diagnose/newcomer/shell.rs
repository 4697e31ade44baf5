//! Methods and variables of mongosh and PyMongo, and what to write instead.

use rhai::{EvalAltResult, ParseErrorType};

use super::spot::Spot;
use crate::diagnose::{function_text, type_text};
use crate::engine::catalogue::registry;
use crate::error::nearest;
use crate::translate::{renamed_method, snake_case};

const CURSOR: &[(&[&str], &str)] = &[
    (
        &["pretty"],
        "leave it out: the prompt always formats documents",
    ),
    (
        &["each"],
        "write `for doc in cursor { … }`, or `for_each(|doc| …)`",
    ),
    (
        &[
            "reduce", "some", "all", "any", "sum", "for_all", "find", "join",
        ],
        "a cursor is not an array: write `cursor.to_array()` first",
    ),
    (
        &["has_next", "try_next", "hasnext"],
        "`next()` returns the next document, or `()` at the end; `for doc in cursor { … }` iterates over all",
    ),
    (
        &[
            "count",
            "itcount",
            "size",
            "len",
            "length",
            "count_documents",
        ],
        "let the server count: `db.NAME.count_documents(filter)`",
    ),
];

const COLLECTION: &[(&[&str], &str)] = &[
    (
        &["count", "len", "length", "size"],
        "write `count_documents(filter)`, or `estimated_document_count()`, which is faster",
    ),
    (
        &["insert", "save", "push", "add"],
        "write `insert_one(document)` or `insert_many(documents)`",
    ),
    (
        &["update", "upsert"],
        "write `update_one(filter, update)`, `update_many` or `replace_one`; each takes the option `#{ upsert: true }`",
    ),
    (
        &["remove", "delete"],
        "write `delete_one(filter)` or `delete_many(filter)`",
    ),
    (&["ensure_index"], "write `create_index(#{ field: 1 })`"),
    (
        &[
            "get_indexes",
            "indexes",
            "index_information",
            "get_index_keys",
        ],
        "write `list_indexes()`",
    ),
    (
        &["find_and_modify", "find_and_replace"],
        "write `find_one_and_update(filter, update)`, `find_one_and_replace` or `find_one_and_delete`",
    ),
    (
        &["group", "map_reduce"],
        "write `aggregate([#{ \"$group\": #{ _id: \"$field\", n: #{ \"$sum\": 1 } } }])`",
    ),
    (
        &["initialize_ordered_bulk_op", "initialize_unordered_bulk_op"],
        "write `bulk_write([#{ insert_one: #{ document: #{ … } } }, …])`",
    ),
    (
        &["explain"],
        "explain a query: `db.NAME.find(filter).explain()`, or `:explain db.NAME.find(filter)` at the prompt",
    ),
    (
        &[
            "stats",
            "storage_size",
            "data_size",
            "total_size",
            "total_index_size",
        ],
        "write `db.command(#{ collStats: \"NAME\" })`",
    ),
    (&["validate"], "write `db.command(#{ validate: \"NAME\" })`"),
    (
        &["command", "run_command", "admin_command"],
        "call it on a database: `db.command(#{ ping: 1 })`, `client.admin.command(#{ serverStatus: 1 })`",
    ),
    (
        &["sort", "limit", "skip", "project"],
        "call it on a cursor: `db.NAME.find().sort(\"field\")`",
    ),
];

const DATABASE: &[(&[&str], &str)] = &[
    (
        &["get_collection"],
        "write `db.NAME`, or `db[\"NAME\"]` for any name",
    ),
    (
        &[
            "collection_names",
            "get_collection_names",
            "show_collections",
        ],
        "write `list_collection_names()`",
    ),
    (&["run_command"], "write `db.command(#{ ping: 1 })`"),
    (
        &["admin_command"],
        "write `client.admin.command(#{ serverStatus: 1 })`",
    ),
    (&["drop_collection"], "write `db.NAME.drop()`"),
    (
        &["get_sibling_db", "get_sister_db", "get_db"],
        "write `client[\"NAME\"]`; at the prompt `:use NAME` makes it `db`",
    ),
    (&["stats"], "write `db.command(#{ dbStats: 1 })`"),
    (
        &["server_status"],
        "write `db.command(#{ serverStatus: 1 })`",
    ),
    (
        &["hello", "is_master"],
        "write `client.topology()`, or `db.command(#{ hello: 1 })`",
    ),
    (
        &["version", "server_build_info"],
        "write `client.server_info()`",
    ),
    (
        &["current_op"],
        "write `client.current_op()`; a Document in it is a filter",
    ),
    (
        &["kill_op"],
        "write `client.kill_op(id)`; `client.current_op()` shows the `opid`",
    ),
    (
        &["coll_stats"],
        "write `db.NAME.stats()` with the name of the collection",
    ),
    (&["get_mongo"], "it is called `client`"),
    (&["get_name"], "write `db.name`"),
    (
        &["auth"],
        "connect with a user name: `connect(#{ username: \"…\", password: \"…\" })`",
    ),
    (
        &["set_profiling_level"],
        "write `db.command(#{ profile: 2 })`",
    ),
];

const CLIENT: &[(&[&str], &str)] = &[
    (
        &["db", "get_db", "get_database"],
        "write `client.NAME`, or `client[\"NAME\"]` for any name",
    ),
    (
        &["list_dbs", "show_dbs", "database_names"],
        "write `list_database_names()`",
    ),
    (
        &["admin_command", "run_command", "command"],
        "call it on a database: `client.admin.command(#{ ping: 1 })`",
    ),
    (
        &["connect"],
        "the first call connects; `connect(uri)` creates another client",
    ),
];

/// Functions without a receiver.
const GLOBAL_FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &["ISODate", "Date"],
        "write `now()`, or `DateTime(\"2026-01-31T10:00:00Z\")`",
    ),
    (&["ObjectID", "objectId"], "write `ObjectId()`"),
    (&["NumberLong", "Long"], "write `Int64(5)`"),
    (&["NumberInt", "Int"], "write `Int32(5)`"),
    (
        &["NumberDecimal", "Decimal"],
        "write `Decimal128(\"1.10\")`",
    ),
    (&["BinData"], "write `Binary(base64, subtype)`"),
    (&["RegExp", "regex"], "write `Regex(\"^a\", \"i\")`"),
    (
        &["Mongo", "MongoClient"],
        "use `client`; `connect(uri)` creates another client",
    ),
    (
        &["tojson", "toJson", "print_json", "json"],
        "write `ejson(x)`; `:json` at the prompt shows every value as JSON",
    ),
    (
        &["load"],
        "write `import \"file\" as name;`, or `:run FILE` at the prompt",
    ),
    (&["quit"], "write `exit(code)`"),
    (
        &["list"],
        "write `cursor.to_array()`; an array is written `[1, 2]`",
    ),
];

/// Global variables of mongosh, PyMongo and Node.js.
const VARIABLES: &[(&[&str], &str)] = &[
    (
        &["rs"],
        "`client.topology()`, or `:status` at the prompt, shows the replica set; `replica_set(#{ members: 3 })` starts a private one",
    ),
    (&["sh"], "there are no functions for sharded clusters"),
    (&["DBQuery"], "set `page_size` in `config.toml`"),
    (
        &["EJSON", "BSON"],
        "write `ejson(x)` and `parse_ejson(text)`",
    ),
    (
        &["Date"],
        "write `now()`, or `DateTime(\"2026-01-31T10:00:00Z\")`",
    ),
    (
        &["MongoClient", "Mongo"],
        "use `client`; `connect(uri)` creates another client",
    ),
    (
        &["os", "fs"],
        "files have functions: `load_json`, `load_jsonl`, `load_csv`, `save_json` and others; `import \"file\" as name;` imports a script",
    ),
];

/// Explains an unknown method of a handle: one of mongosh or PyMongo, or a misspelt one.
pub(super) fn on_a_handle(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return None;
    };
    let call = function_text::parse(signature);
    if let Some(hint) = find(GLOBAL_FUNCTIONS, call.name) {
        return Some(hint.into());
    }
    let receiver = type_text::name(call.types.first()?);
    let table = match receiver.as_str() {
        "Cursor" => CURSOR,
        "Collection" => COLLECTION,
        "Database" => DATABASE,
        "Client" => CLIENT,
        _ => return None,
    };
    let snake = snake_case(call.name);
    let has = |name: &str| registry().method(&receiver, name).next().is_some();
    if snake != call.name && has(&snake) {
        return None;
    }
    if let Some(hint) = find(table, &snake) {
        return Some(hint.into());
    }
    if let Some(ours) = renamed_method(&receiver, &snake) {
        return Some(format!("write `{ours}(…)`"));
    }
    let names = registry().methods(&receiver).map(|one| one.name);
    Some(match nearest(call.name, names) {
        Some(near) if near != call.name => format!("did you mean `{near}`?"),
        // The method exists, but takes other arguments.
        _ if has(call.name) => format!("`help(\"{}\")` shows how it is called", call.name),
        _ => format!("`help(\"{receiver}\")` shows what can be done with it"),
    })
}

/// Explains `rs`, `DBQuery`, `EJSON`.
pub(super) fn variable(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = spot.error else {
        return None;
    };
    find(VARIABLES, name).map(Into::into)
}

/// Explains a field or a method of `()`: no document was found, or a field is missing.
pub(super) fn member_of_unit(spot: &Spot) -> Option<String> {
    let EvalAltResult::ErrorFunctionNotFound(signature, _) = spot.error else {
        return match spot.error {
            EvalAltResult::ErrorDotExpr(text, _) if text.contains("()") => Some(unit_hint()),
            _ => None,
        };
    };
    let call = function_text::parse(signature);
    let is_field = call.name.starts_with("get$") || call.name.starts_with("index$get");
    let is_method = spot.token(-1) == "." && spot.names.contains(call.name);
    (call.types.first() == Some(&"()") && (is_field || is_method)).then(unit_hint)
}

fn unit_hint() -> String {
    "no document was found, or a parent field is missing; `?.` returns `()` instead of failing"
        .into()
}

/// Explains a JavaScript regular expression, `/^a/`, and a Python keyword argument, `find(a = 1)`.
pub(super) fn pattern_or_keyword(spot: &Spot) -> Option<String> {
    let stands_as_value = matches!(spot.token(-1), ":" | "(" | "," | "=" | "[");
    if matches!(
        spot.syntax()?,
        ParseErrorType::BadInput(_) | ParseErrorType::UnknownOperator(_)
    ) && spot.token(0).starts_with('/')
        && stands_as_value
    {
        return Some("a regular expression is written `Regex(\"^a\", \"i\")`".into());
    }
    let is_argument = matches!(spot.token(-2), "(" | ",");
    let is_named = spot.missing() == Some(",") && spot.token(0) == "=" && is_argument;
    is_named.then(|| {
        let name = spot.token(-1);
        format!("there are no named arguments: pass a filter or options as a document, `#{{ {name}: … }}`")
    })
}

fn find<'a>(table: &[(&[&str], &'a str)], name: &str) -> Option<&'a str> {
    table
        .iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, hint)| *hint)
}
