//! `Undefined`: a deprecated relative of null.

use rhai::plugin::*;

/// A value that is there and is nothing; deprecated by BSON in favour of null, kept as it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undefined;

pub fn register(module: &mut Module) {
    module.set_custom_type::<Undefined>("Undefined");
    module.set_var("Undefined", Undefined);
    combine_with_exported_module!(module, "undefined", undefined_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod undefined_functions {
    /// The deprecated BSON value `undefined`, for documents that have it; `()` is null. `Undefined` without
    /// parentheses is the same.
    ///
    /// ```rhai
    /// assert(Undefined() == Undefined);
    /// ```
    #[rhai_fn(name = "Undefined", global)]
    pub fn new_undefined() -> Undefined {
        Undefined
    }
}
