//! The methods of mongosh and PyMongo, and ours.

use super::kind::Kind;

/// A method of mongosh or PyMongo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Method {
    pub receiver: Kind,
    /// Its name in snake_case.
    pub name: &'static str,
    /// Our name, or an empty text if it becomes something else than a method.
    pub ours: &'static str,
    /// The names of our parameters.
    pub parameters: &'static str,
    /// The names of the next parameters in mongosh, which are options here. `*` is a document of
    /// options.
    pub mongosh: &'static str,
    /// The same for PyMongo.
    pub pymongo: &'static str,
    pub result: Kind,
}

const fn row(
    receiver: Kind,
    (name, ours): (&'static str, &'static str),
    parameters: &'static str,
    (mongosh, pymongo): (&'static str, &'static str),
    result: Kind,
) -> Method {
    Method {
        receiver,
        name,
        ours,
        parameters,
        mongosh,
        pymongo,
        result,
    }
}

/// A method that has the same name and only the parameters that are required.
const fn same(
    receiver: Kind,
    name: &'static str,
    parameters: &'static str,
    result: Kind,
) -> Method {
    row(receiver, (name, name), parameters, ("*", ""), result)
}

/// A method that has another name here.
const fn renamed(
    receiver: Kind,
    name: &'static str,
    ours: &'static str,
    parameters: &'static str,
    result: Kind,
) -> Method {
    row(receiver, (name, ours), parameters, ("*", ""), result)
}

/// A method that `special.rs` translates.
const fn special(receiver: Kind, name: &'static str, result: Kind) -> Method {
    row(receiver, (name, ""), "", ("", ""), result)
}

use Kind::{
    Boolean, Bucket, ChangeStream, Client, Collection, Cursor, Database, Date, Document, List,
    Number, ObjectId, Result, Session, StoredFile, Text, Unknown,
};

/// All methods.
const METHODS: &[Method] = &[
    // Collections.
    row(
        Collection,
        ("find", "find"),
        "filter",
        ("projection *", "projection skip limit"),
        Cursor,
    ),
    row(
        Collection,
        ("find_one", "find_one"),
        "filter",
        ("projection *", "projection"),
        Document,
    ),
    same(Collection, "insert_one", "document", Result),
    row(
        Collection,
        ("insert_many", "insert_many"),
        "documents",
        ("*", "ordered"),
        Result,
    ),
    row(
        Collection,
        ("update_one", "update_one"),
        "filter update",
        ("*", "upsert"),
        Result,
    ),
    row(
        Collection,
        ("update_many", "update_many"),
        "filter update",
        ("*", "upsert"),
        Result,
    ),
    row(
        Collection,
        ("replace_one", "replace_one"),
        "filter replacement",
        ("*", "upsert"),
        Result,
    ),
    same(Collection, "delete_one", "filter", Result),
    same(Collection, "delete_many", "filter", Result),
    row(
        Collection,
        ("find_one_and_update", "find_one_and_update"),
        "filter update",
        ("*", "projection sort"),
        Document,
    ),
    row(
        Collection,
        ("find_one_and_replace", "find_one_and_replace"),
        "filter replacement",
        ("*", "projection sort"),
        Document,
    ),
    row(
        Collection,
        ("find_one_and_delete", "find_one_and_delete"),
        "filter",
        ("*", "projection sort"),
        Document,
    ),
    same(Collection, "count_documents", "filter", Number),
    same(Collection, "estimated_document_count", "", Number),
    same(Collection, "distinct", "field filter", List),
    same(Collection, "aggregate", "pipeline", Cursor),
    special(Collection, "create_index", Text),
    special(Collection, "create_indexes", List),
    special(Collection, "drop_index", Unknown),
    same(Collection, "drop_indexes", "", Unknown),
    same(Collection, "drop", "", Unknown),
    same(Collection, "list_indexes", "", List),
    renamed(Collection, "get_indexes", "list_indexes", "", List),
    row(
        Collection,
        ("rename", "rename"),
        "name",
        ("drop_target", ""),
        Unknown,
    ),
    row(
        Collection,
        ("rename_collection", "rename"),
        "name",
        ("drop_target", ""),
        Unknown,
    ),
    same(Collection, "with_options", "", Collection),
    special(Collection, "bulk_write", Result),
    same(Collection, "watch", "pipeline", ChangeStream),
    special(Collection, "insert", Result),
    special(Collection, "remove", Result),
    special(Collection, "update", Result),
    special(Collection, "count", Number),
    special(Collection, "explain", Unknown),
    special(Collection, "stats", Document),
    special(Collection, "validate", Document),
    special(Collection, "find_and_modify", Document),
    // Cursors.
    special(Cursor, "sort", Cursor),
    same(Cursor, "limit", "count", Cursor),
    same(Cursor, "skip", "count", Cursor),
    same(Cursor, "batch_size", "count", Cursor),
    same(Cursor, "max_time_ms", "ms", Cursor),
    same(Cursor, "comment", "comment", Cursor),
    special(Cursor, "collation", Cursor),
    special(Cursor, "hint", Cursor),
    renamed(Cursor, "projection", "project", "fields", Cursor),
    same(Cursor, "project", "fields", Cursor),
    same(Cursor, "explain", "verbosity", Document),
    same(Cursor, "next", "", Document),
    same(Cursor, "close", "", Unknown),
    same(Cursor, "to_array", "", List),
    renamed(Cursor, "to_list", "to_array", "", List),
    special(Cursor, "pretty", Cursor),
    special(Cursor, "map", List),
    special(Cursor, "filter", List),
    special(Cursor, "count", Number),
    special(Cursor, "itcount", Number),
    // Change streams.
    same(ChangeStream, "next", "", Document),
    same(ChangeStream, "try_next", "", Document),
    same(ChangeStream, "close", "", Unknown),
    // Databases.
    special(Database, "command", Document),
    special(Database, "run_command", Document),
    special(Database, "admin_command", Document),
    same(Database, "create_collection", "name", Collection),
    special(Database, "create_view", Collection),
    renamed(Database, "drop_database", "drop", "", Unknown),
    special(Database, "drop_collection", Unknown),
    same(Database, "list_collection_names", "", List),
    renamed(
        Database,
        "get_collection_names",
        "list_collection_names",
        "",
        List,
    ),
    same(Database, "list_collections", "", List),
    renamed(
        Database,
        "get_collection_infos",
        "list_collections",
        "",
        List,
    ),
    special(Database, "get_collection", Collection),
    special(Database, "collection", Collection),
    special(Database, "get_sibling_db", Database),
    special(Database, "get_mongo", Client),
    special(Database, "get_name", Text),
    special(Database, "create_user", Unknown),
    same(Database, "drop_user", "name", Unknown),
    renamed(Database, "get_users", "users", "", List),
    same(Database, "users", "", List),
    special(Database, "create_role", Unknown),
    same(Database, "drop_role", "name", Unknown),
    special(Database, "stats", Document),
    special(Database, "server_status", Document),
    special(Database, "hello", Document),
    special(Database, "version", Text),
    special(Database, "current_op", Document),
    special(Database, "kill_op", Document),
    special(Database, "set_profiling_level", Document),
    same(Database, "aggregate", "pipeline", Cursor),
    same(Database, "watch", "pipeline", ChangeStream),
    // Clients.
    special(Client, "get_database", Database),
    special(Client, "get_db", Database),
    special(Client, "db", Database),
    same(Client, "list_database_names", "", List),
    renamed(Client, "get_db_names", "list_database_names", "", List),
    same(Client, "list_databases", "", List),
    same(Client, "drop_database", "name", Unknown),
    same(Client, "server_info", "", Document),
    same(Client, "start_session", "", Session),
    same(Client, "watch", "pipeline", ChangeStream),
    same(Client, "close", "", Unknown),
    // Sessions.
    special(Session, "get_database", Database),
    same(Session, "start_transaction", "", Unknown),
    same(Session, "commit_transaction", "", Unknown),
    same(Session, "abort_transaction", "", Unknown),
    same(Session, "with_transaction", "function", Unknown),
    renamed(Session, "end_session", "end", "", Unknown),
    // GridFS.
    special(Bucket, "upload_from_stream", ObjectId),
    special(Bucket, "upload_from_stream_with_id", Unknown),
    special(Bucket, "download_to_stream", Unknown),
    renamed(Bucket, "open_download_stream", "open", "id", StoredFile),
    renamed(
        Bucket,
        "open_download_stream_by_name",
        "open_by_name",
        "name revision",
        StoredFile,
    ),
    row(
        Bucket,
        ("find", "find"),
        "filter",
        ("*", "skip limit"),
        Cursor,
    ),
    same(Bucket, "delete", "id", Unknown),
    same(Bucket, "rename", "id name", Unknown),
    same(Bucket, "delete_by_name", "name", Unknown),
    same(Bucket, "rename_by_name", "name new_name", Unknown),
    same(Bucket, "drop", "", Unknown),
    same(StoredFile, "read", "count", Unknown),
    same(StoredFile, "seek", "position", Unknown),
    // Arrays. A closure that takes another number of parameters is not translated.
    same(List, "map", "function", List),
    same(List, "filter", "function", List),
    same(List, "some", "function", Boolean),
    renamed(List, "every", "all", "function", Boolean),
    same(List, "find", "function", Unknown),
    same(List, "reduce", "function initial", Unknown),
    renamed(List, "includes", "contains", "value", Boolean),
    same(List, "index_of", "value", Number),
    same(List, "push", "value", Unknown),
    renamed(List, "append", "push", "value", Unknown),
    same(List, "pop", "", Unknown),
    same(List, "shift", "", Unknown),
    special(List, "join", Text),
    special(List, "concat", List),
    special(List, "to_array", List),
    // Strings.
    renamed(Text, "includes", "contains", "value", Boolean),
    same(Text, "index_of", "value", Number),
    renamed(Text, "to_upper_case", "to_upper", "", Text),
    renamed(Text, "to_lower_case", "to_lower", "", Text),
    renamed(Text, "upper", "to_upper", "", Text),
    renamed(Text, "lower", "to_lower", "", Text),
    same(Text, "starts_with", "value", Boolean),
    renamed(Text, "startswith", "starts_with", "value", Boolean),
    same(Text, "ends_with", "value", Boolean),
    renamed(Text, "endswith", "ends_with", "value", Boolean),
    same(Text, "split", "separator", List),
    special(Text, "join", Text),
    // Documents.
    special(Document, "get", Unknown),
    same(Document, "keys", "", List),
    same(Document, "values", "", List),
    renamed(Document, "has_own_property", "contains", "name", Boolean),
    renamed(Document, "delete_field", "remove", "name", Unknown),
    // Values.
    renamed(ObjectId, "to_hex_string", "to_hex", "", Text),
    renamed(ObjectId, "to_string", "to_hex", "", Text),
    special(ObjectId, "get_timestamp", Date),
    special(Date, "get_time", Number),
    special(Date, "value_of", Number),
];

/// Returns the method of this kind of receiver.
pub(super) fn method(receiver: Kind, name: &str) -> Option<Method> {
    METHODS
        .iter()
        .find(|method| method.receiver == receiver && method.name == name)
        .copied()
}

/// Returns our name of a method of mongosh or PyMongo, if only the name differs. `receiver` is the
/// name of our type.
pub(in crate::translate) fn renamed_method(receiver: &str, name: &str) -> Option<&'static str> {
    let receiver = match receiver {
        "Client" => Kind::Client,
        "Database" => Kind::Database,
        "Collection" => Kind::Collection,
        "Cursor" => Kind::Cursor,
        _ => return None,
    };
    let ours = method(receiver, name)?.ours;
    (ours != name && !ours.is_empty()).then_some(ours)
}

/// Returns the method of an unknown receiver, if all kinds of receivers that have it agree.
pub(super) fn method_of_any(name: &str, takes_function: bool) -> Option<Method> {
    if takes_function && let Some(of_list) = method(Kind::List, name) {
        return Some(of_list);
    }
    // Lists and dictionaries of Python have these too.
    if matches!(name, "remove" | "update" | "insert" | "count") {
        return None;
    }
    let mut found = METHODS.iter().filter(|method| {
        let is_possible = takes_function || method.parameters != "function";
        let is_value = matches!(method.receiver, Kind::ObjectId | Kind::Date);
        method.name == name && is_possible && !is_value
    });
    let first = *found.next()?;
    let agree = found.all(|method| {
        (method.ours, method.parameters) == (first.ours, first.parameters) && !first.ours.is_empty()
    });
    agree.then_some(first)
}
