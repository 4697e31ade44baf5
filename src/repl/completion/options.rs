//! The names of options, as the functions that take them check them, and the argument they stand in, as they declare it.

use crate::api::{collection, database, fail_point, replica_set, running};
use crate::engine::catalogue::Catalogue;
use crate::mongo::{self, Concerns};

/// What the options are called that a function takes as its argument of that number, counted from 0.
pub fn options(function: &str, argument: usize) -> Option<Vec<&'static str>> {
    let mut names = names_of(function)?;
    let entries = || Catalogue::get().named(function);
    let declares = entries().any(|entry| {
        entry.parameters.iter().any(|list| {
            list.get(argument).is_some_and(|name| match name.as_str() {
                "options" | "plan" => true,
                // In place of what may be left out.
                "target" | "pipeline" => matches!(function, "connect" | "watch"),
                _ => false,
            })
        })
    });
    let takes_session = entries().any(|entry| match entry.receiver.as_str() {
        "Collection" | "Database" => function != "with_options",
        "Client" => !matches!(function, "start_session" | "fail_point"),
        _ => false,
    });
    names.extend(takes_session.then_some("session"));
    declares.then_some(names)
}

fn names_of(function: &str) -> Option<Vec<&'static str>> {
    let names = match function {
        "connect" => return Some(mongo::client_option_names()),
        "find" => mongo::FIND_OPTIONS,
        "aggregate" => mongo::AGGREGATE_OPTIONS,
        "create_collection" => database::CREATE_OPTIONS,
        "with_options" => Concerns::OPTIONS,
        "watch" => mongo::WATCH_OPTIONS,
        "start_session" => mongo::SESSION_OPTIONS,
        "start_transaction" | "with_transaction" => mongo::TRANSACTION_OPTIONS,
        "retry" => running::RETRY_OPTIONS,
        "replica_set" => replica_set::OPTIONS,
        "fail_point" => fail_point::OPTIONS,
        // Only a session.
        "command"
        | "create_indexes"
        | "drop"
        | "drop_database"
        | "drop_index"
        | "drop_indexes"
        | "list_collection_names"
        | "list_collections"
        | "list_database_names"
        | "list_databases"
        | "list_indexes"
        | "rename" => &[],
        name => collection::options_of(name)?,
    };
    Some(names.to_vec())
}
