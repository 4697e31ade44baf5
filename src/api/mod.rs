//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod asserts;
pub mod bson_types;
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
pub mod method;
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

use rhai::Module;

/// Every function and type that scripts have beyond Rhai's own, in one module.
pub fn module() -> Module {
    let mut module = Module::new();
    document_functions::register(&mut module);
    document_closures::register(&mut module);
    bson_types::register(&mut module);
    comparing::register(&mut module);
    json::register(&mut module);
    set::register(&mut module);
    output::register(&mut module);
    asserts::register(&mut module);
    chart::register(&mut module);
    waiting::register(&mut module);
    running::register(&mut module);
    task::register(&mut module);
    client_session::register(&mut module);
    pool::register(&mut module);
    pool::register_functions(&mut module);
    error::register(&mut module);
    connect::register(&mut module);
    exit::register(&mut module);
    client::register(&mut module);
    client::register_index(&mut module);
    database::register(&mut module);
    database::register_index(&mut module);
    collection::register_all(&mut module);
    cursor::register(&mut module);
    cursor::register_iterator(&mut module);
    change_stream::register(&mut module);
    change_stream::register_iterator(&mut module);
    fail_point::register(&mut module);
    replica_set::register_all(&mut module);
    module.build_index();
    module
}

/// The modules that scripts name: `errors::…`, `random::…`.
pub fn named_modules() -> [(&'static str, Module); 2] {
    [("errors", error::kinds()), ("random", random::module())]
}
