//! What scripts can use: one file for each script type. Does not print and does not read the
//! environment.

pub mod call;
pub mod functions;
pub mod handles;
pub mod run;

use std::sync::LazyLock;

use rhai::Module;

use call::library::FunctionLibrary;
use call::methods::Registrar;
use functions::{
    arrays, asserts, chart, connect, errors, exit, files, format, output, random, running, showing,
    texts, timeline, waiting,
};
use handles::{
    bucket, change_stream, client, client_admin, client_session, collection, cursor, database,
    database_admin, database_gridfs, database_users, display, fail_point, history, link, member,
    plot, pool, replica_set, sequence, stored_file, task,
};

use crate::mongo::SharedSession;
use crate::values::{
    bson_types, comparing, description, document_closures, document_functions, json, set,
};

/// All functions and types that are not part of Rhai, without those of `named_modules`.
pub static LIBRARY: LazyLock<FunctionLibrary> = LazyLock::new(|| library(Registrar::default()));

/// Returns the same functions with the names of their parameters and their help texts.
pub fn documented_library() -> FunctionLibrary {
    library(Registrar::documented())
}

fn library(mut registrar: Registrar) -> FunctionLibrary {
    let module = &mut registrar.module;
    document_functions::register(module);
    document_closures::register(module);
    bson_types::register(module);
    comparing::register(module);
    json::register(module);
    set::register(module);
    output::register(module);
    asserts::register(module);
    chart::register(module);
    texts::register(module);
    arrays::register(module);
    format::register(module);
    pool::register_functions(module);
    errors::register(module);
    exit::register(module);
    client::register_index(module);
    database::register_index(module);
    collection::register_index(module);
    cursor::register_iterator(module);
    sequence::register_iterator(module);
    change_stream::register_iterator(module);
    stored_file::register_iterator(module);
    waiting::register(&mut registrar);
    running::register(&mut registrar);
    showing::register_functions(&mut registrar);
    plot::register(&mut registrar);
    display::register(&mut registrar);
    task::register(&mut registrar);
    client_session::register(&mut registrar);
    pool::register(&mut registrar);
    connect::register_functions(&mut registrar);
    files::register_functions(&mut registrar);
    sequence::register(&mut registrar);
    client::register(&mut registrar);
    client_admin::register(&mut registrar);
    database::register(&mut registrar);
    database_admin::register(&mut registrar);
    database_gridfs::register(&mut registrar);
    database_users::register(&mut registrar);
    bucket::register(&mut registrar);
    stored_file::register(&mut registrar);
    collection::register(&mut registrar);
    collection::read::register(&mut registrar);
    collection::write::register(&mut registrar);
    collection::insert_many::register(&mut registrar);
    collection::bulk_write::register(&mut registrar);
    collection::find_and_modify::register(&mut registrar);
    collection::index::register(&mut registrar);
    collection::admin::register(&mut registrar);
    cursor::register(&mut registrar);
    change_stream::register(&mut registrar);
    fail_point::register(&mut registrar);
    replica_set::register_all(&mut registrar);
    history::register_all(&mut registrar);
    member::register(&mut registrar);
    link::register(&mut registrar);
    describe_handles();
    registrar.finish()
}

/// Makes the handles show what they are, wherever a value is shown.
fn describe_handles() {
    description::register::<client::Client>();
    description::register::<database::Database>();
    description::register::<collection::Collection>();
    description::register::<bucket::Bucket>();
    description::register::<stored_file::StoredFile>();
    description::register::<cursor::Cursor>();
    description::register::<sequence::Sequence>();
    description::register::<change_stream::ChangeStream>();
    description::register::<SharedSession>();
    description::register::<pool::Pool>();
    description::register::<task::Task>();
    description::register::<fail_point::FailPoint>();
    description::register::<replica_set::ReplicaSet>();
    description::register::<member::Member>();
    description::register::<link::Link>();
}

/// Returns the modules that scripts name: `errors::…`, `random::…`, `timeline::…`.
pub fn named_modules() -> [(&'static str, Module); 3] {
    [
        ("errors", errors::kinds()),
        ("random", random::module()),
        ("timeline", timeline::module()),
    ]
}
