//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod asserts;
pub mod bson_types;
pub mod call;
pub mod change_stream;
mod chart;
pub mod client;
pub mod client_session;
pub mod collection;
pub mod comparing;
mod confinement;
pub mod connect;
pub mod cursor;
pub mod database;
mod detached_closure;
pub mod document;
mod document_closures;
mod document_functions;
pub mod error;
pub mod exit;
pub mod fail_point;
mod json;
pub mod output;
pub mod pool;
pub mod random;
pub mod replica_set;
pub mod run_limits;
pub mod run_state;
pub mod running;
pub mod session;
pub mod set;
pub mod task;
pub mod termination;
pub mod thrown;
pub mod type_name;
pub mod value;
mod waiting;

use std::sync::LazyLock;

use rhai::Module;

use call::{Library, Registrar};

/// Every function and type that scripts have beyond Rhai's own; those of `named_modules` are not among them.
pub static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let mut registrar = Registrar::default();
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
    pool::register_functions(module);
    error::register(module);
    exit::register(module);
    client::register_index(module);
    database::register_index(module);
    cursor::register_iterator(module);
    change_stream::register_iterator(module);
    waiting::register(&mut registrar);
    running::register(&mut registrar);
    task::register(&mut registrar);
    client_session::register(&mut registrar);
    pool::register(&mut registrar);
    connect::register_functions(&mut registrar);
    client::register(&mut registrar);
    database::register(&mut registrar);
    collection::register_all(&mut registrar);
    cursor::register(&mut registrar);
    change_stream::register(&mut registrar);
    fail_point::register(&mut registrar);
    replica_set::register_all(&mut registrar);
    registrar.finish()
});

/// The modules that scripts name: `errors::…`, `random::…`.
pub fn named_modules() -> [(&'static str, Module); 2] {
    [("errors", error::kinds()), ("random", random::module())]
}
