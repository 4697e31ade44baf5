//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod bson_types;
pub mod client;
pub mod collection;
pub mod connect;
pub mod cursor;
pub mod database;
pub mod document;
pub mod ending;
pub mod exit;
pub mod method;
pub mod output;
pub mod random;
pub mod session;
pub mod thrown;
pub mod type_name;
pub mod value;

use rhai::Module;

/// Every function and type that scripts have beyond Rhai's own, in one module.
pub fn module() -> Module {
    let mut module = Module::new();
    client::register(&mut module);
    client::register_index(&mut module);
    database::register(&mut module);
    database::register_index(&mut module);
    collection::register_all(&mut module);
    cursor::register(&mut module);
    cursor::register_iterator(&mut module);
    connect::register(&mut module);
    exit::register(&mut module);
    output::register(&mut module);
    module
}
