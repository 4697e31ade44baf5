use bson::{Bson, Document};

use super::forbidden::{self, refused};
use super::lists::{
    AllowedCommand, CLOSED_DATABASES, COMMANDS, EVERYWHERE, Effect, INDEX, NOT_KNOWN, REASONS,
    STAGES,
};
use super::roles;
use crate::error::Result;

/// Checks whether a command may be sent to this database.
pub(super) fn command(database: &str, command: &Document) -> Result<()> {
    let Some((name, target)) = command.iter().next() else {
        return Ok(());
    };
    let known =
        find(name).ok_or_else(|| refused(&format!("run the command `{name}`"), why_not(name)))?;
    for field in command.keys().skip(1) {
        if !known.fields.contains(&field.as_str()) && !EVERYWHERE.contains(&field.as_str()) {
            let what = format!("use the field `{field}` of the command `{}`", known.name);
            return Err(refused(&what, why_not(field)));
        }
    }
    forbidden::in_document(command)?;
    parts(database, known, target, command)?;
    match known.effect {
        Effect::Reads => Ok(()),
        Effect::Changes => changes(database, known, target, command),
        Effect::Users => roles::command(database, target, command),
    }
}

/// Returns the entry of a command. The server accepts some names in two spellings.
fn find(name: &str) -> Option<&'static AllowedCommand> {
    COMMANDS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

/// Returns the reason why a name is not on a list.
fn why_not(name: &str) -> &'static str {
    REASONS
        .iter()
        .find(|entry| entry.name.eq_ignore_ascii_case(name))
        .map_or(NOT_KNOWN, |entry| entry.why)
}

/// Checks the parts of a command that have their own lists.
fn parts(database: &str, known: &AllowedCommand, target: &Bson, command: &Document) -> Result<()> {
    if let (true, Bson::Document(inner)) = (known.name == "explain", target) {
        return self::command(database, inner);
    }
    if let Some(stages) = command.get("pipeline") {
        stages_in(database, stages)?;
    }
    if known.name == "createIndexes" {
        for index in documents(command.get("indexes")) {
            let wrong = index
                .keys()
                .find(|option| !INDEX.contains(&option.as_str()));
            if let Some(option) = wrong {
                let what = format!("use the option `{option}` of an index");
                return Err(refused(&what, why_not(option)));
            }
        }
    }
    Ok(())
}

fn changes(
    database: &str,
    known: &AllowedCommand,
    target: &Bson,
    command: &Document,
) -> Result<()> {
    if known.name == "dropDatabase" {
        return self::target(database, None);
    }
    let name = string(known, target)?;
    if known.name != "renameCollection" {
        return self::target(database, Some(name));
    }
    let to = command.get("to").map(|to| string(known, to)).transpose()?;
    for full_name in [Some(name), to].into_iter().flatten() {
        let (database, collection) = full_name.split_once('.').unwrap_or((full_name, ""));
        self::target(database, Some(collection))?;
    }
    Ok(())
}

/// Returns the name of a collection. The server also accepts a `Symbol`, which the other checks do
/// not read.
fn string<'a>(known: &AllowedCommand, value: &'a Bson) -> Result<&'a str> {
    value.as_str().ok_or_else(|| {
        refused(
            &format!(
                "name the collection of `{}` by a value that is not a string",
                known.name
            ),
            "names of other types would not be checked",
        )
    })
}

/// Checks whether a script may change this collection, or this whole database.
pub(super) fn target(database: &str, collection: Option<&str>) -> Result<()> {
    if let Some(closed) = CLOSED_DATABASES
        .iter()
        .find(|closed| closed.name == database)
    {
        return Err(refused(
            &format!("change the database `{database}`"),
            closed.why,
        ));
    }
    match collection {
        Some(name) if name.starts_with("system.") => Err(refused(
            &format!("change the collection `{database}.{name}`"),
            "collections whose names begin with `system.` are the server's own",
        )),
        None if database == "admin" => Err(refused(
            "drop the database `admin`",
            "it holds the users of the server",
        )),
        _ => Ok(()),
    }
}

/// Checks whether a pipeline may run on this database.
pub(super) fn pipeline(database: &str, pipeline: &[Document]) -> Result<()> {
    pipeline
        .iter()
        .try_for_each(|stage| self::stage(database, stage))
}

fn stages_in(database: &str, value: &Bson) -> Result<()> {
    match value {
        Bson::Array(_) => documents(Some(value)).try_for_each(|stage| self::stage(database, stage)),
        _ => Ok(()),
    }
}

fn stage(database: &str, stage: &Document) -> Result<()> {
    forbidden::in_document(stage)?;
    for (name, body) in stage {
        if !STAGES.iter().any(|known| known.name == name) {
            return Err(refused(&format!("use the stage `{name}`"), why_not(name)));
        }
        match (name.as_str(), body) {
            ("$facet", Bson::Document(facets)) => {
                for stages in facets.values() {
                    stages_in(database, stages)?;
                }
            }
            ("$out", Bson::String(collection)) => target(database, Some(collection))?,
            ("$out", Bson::Document(out)) => written(database, Some(out))?,
            ("$merge", Bson::Document(merge)) => {
                match merge.get("into") {
                    Some(Bson::Document(into)) => written(database, Some(into))?,
                    Some(Bson::String(collection)) => target(database, Some(collection))?,
                    _ => {}
                }
                if let Some(stages) = merge.get("whenMatched") {
                    stages_in(database, stages)?;
                }
            }
            ("$merge", Bson::String(collection)) => target(database, Some(collection))?,
            (_, Bson::Document(body)) => {
                if let Some(stages) = body.get("pipeline") {
                    stages_in(database, stages)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks the target of `$out` and `$merge`: `{ db, coll }`.
fn written(database: &str, into: Option<&Document>) -> Result<()> {
    let field = |name| into.and_then(|into| into.get_str(name).ok());
    target(
        field("db").unwrap_or(database),
        Some(field("coll").unwrap_or_default()),
    )
}

fn documents(value: Option<&Bson>) -> impl Iterator<Item = &Document> {
    let values = value.and_then(Bson::as_array).into_iter().flatten();
    values.filter_map(Bson::as_document)
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn why(database: &str, command: &Document) -> String {
        super::command(database, command).map_or_else(
            |error| error.message().to_owned(),
            |()| "allowed".to_owned(),
        )
    }

    #[test]
    fn commands_of_lessons_are_allowed() {
        for command in [
            doc! { "ping": 1 },
            doc! { "create": "orders", "validator": { "n": { "$gt": 0 } } },
            doc! { "createIndexes": "orders", "indexes": [{ "key": { "n": 1 }, "name": "n_1", "unique": true }] },
            doc! { "aggregate": "orders", "pipeline": [{ "$lookup": { "from": "x", "as": "y", "pipeline": [{ "$match": {} }] } }], "cursor": {} },
            doc! { "createUser": "reader", "pwd": "made-up", "roles": [{ "role": "read", "db": "shop" }] },
            doc! { "explain": { "find": "orders", "filter": {} }, "verbosity": "queryPlanner" },
        ] {
            assert_eq!(why("shop", &command), "allowed", "{command}");
        }
    }

    #[test]
    fn attacks_are_refused_by_name() {
        let evil = "type=file,source=\"file:/tmp/x\"";
        let cases = [
            (
                doc! { "httpClientRequest": 1, "uri": "http://127.0.0.1/" },
                "`httpClientRequest`",
            ),
            (doc! { "HTTPCLIENTREQUEST": 1 }, "`HTTPCLIENTREQUEST`"),
            (
                doc! { "create": "x", "storageEngine": { "wiredTiger": { "configString": evil } } },
                "`storageEngine`",
            ),
            (
                doc! { "create": "x", "indexOptionDefaults": { "storageEngine": {} } },
                "`indexOptionDefaults`",
            ),
            (
                doc! { "createIndexes": "x", "indexes": [{ "key": { "a": 1 }, "name": "a", "storageEngine": {} }] },
                "`storageEngine`",
            ),
            (doc! { "applyOps": [{ "op": "c" }] }, "`applyOps`"),
            (
                doc! { "explain": { "create": "x", "storageEngine": {} } },
                "`storageEngine`",
            ),
            (
                doc! { "aggregate": "x", "pipeline": [{ "$mergeCursors": {} }], "cursor": {} },
                "`$mergeCursors`",
            ),
            (
                doc! { "aggregate": "x", "pipeline": [{ "$facet": { "a": [{ "$backupCursor": {} }] } }], "cursor": {} },
                "`$backupCursor`",
            ),
            (
                doc! { "aggregate": "x", "pipeline": [{ "$unionWith": { "coll": "y", "pipeline": [{ "$_internalInhibitOptimization": {} }] } }], "cursor": {} },
                "`$_internalInhibitOptimization`",
            ),
            (
                doc! { "aggregate": "x", "pipeline": [{ "$out": { "db": "local", "coll": "y" } }], "cursor": {} },
                "`local`",
            ),
            (
                doc! { "aggregate": "x", "pipeline": [{ "$merge": { "into": { "db": "admin", "coll": "system.users" } } }], "cursor": {} },
                "`admin.system.users`",
            ),
            (
                doc! { "create": "v", "viewOn": "x", "pipeline": [{ "$mergeCursors": {} }] },
                "`$mergeCursors`",
            ),
            (
                doc! { "find": "x", "filter": { "$or": [{ "$where": "sleep(1)" }] } },
                "`$where`",
            ),
            (
                doc! { "renameCollection": "shop.x", "to": "admin.system.users" },
                "`admin.system.users`",
            ),
            (
                doc! { "insert": "system.js", "documents": [{}] },
                "`shop.system.js`",
            ),
        ];
        for (command, name) in cases {
            let said = why("shop", &command);
            assert!(
                said.starts_with("a confined script may not") && said.contains(name),
                "{command}: {said}"
            );
        }
        let symbol = Bson::Symbol("system.js".into());
        for command in [
            doc! { "insert": &symbol, "documents": [{}] },
            doc! { "drop": &symbol },
            doc! { "explain": { "delete": &symbol, "deletes": [] } },
            doc! { "renameCollection": "shop.x", "to": &symbol },
        ] {
            let said = why("shop", &command);
            assert!(said.contains("not a string"), "{command}: {said}");
        }
        assert!(why("shop", &doc! { "ping": 1, "$db": "admin" }).contains("`$db`"));
        assert!(why("local", &doc! { "insert": "x", "documents": [{}] }).contains("`local`"));
        assert!(why("admin", &doc! { "dropDatabase": 1 }).contains("`admin`"));
    }

    #[test]
    fn every_entry_has_a_reason() {
        assert!(COMMANDS.iter().all(|command| !command.why.is_empty()));
        for list in [STAGES, REASONS, CLOSED_DATABASES] {
            assert!(list.iter().all(|entry| !entry.why.is_empty()));
        }
    }
}
