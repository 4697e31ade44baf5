//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod bson_types;
pub mod document;
pub mod random;
pub mod session;
pub mod thrown;
pub mod type_name;
pub mod value;

use rhai::Module;

/// Every function and type that scripts have beyond Rhai's own, in one module.
pub fn module() -> Module {
    Module::new()
}
