//! `Undefined`: a deprecated type similar to null.

use rhai::plugin::*;

/// A deprecated value without content. BSON uses null instead; it is kept as it is found.
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
    /// Returns the deprecated BSON value `undefined`.
    ///
    /// Use it only for documents that already have it; `()` is null. `Undefined` without
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
