//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod bson_types;
pub mod document;
pub mod ending;
pub mod exit;
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
    exit::register(&mut module);
    output::register(&mut module);
    module
}
