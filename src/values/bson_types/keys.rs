//! `MinKey` and `MaxKey`: before and after every other value.

use rhai::plugin::*;

/// Sorts before every other value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinKey;

/// Sorts after every other value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxKey;

pub fn register(module: &mut Module) {
    module.set_custom_type::<MinKey>("MinKey");
    module.set_custom_type::<MaxKey>("MaxKey");
    module.set_var("MinKey", MinKey);
    module.set_var("MaxKey", MaxKey);
    combine_with_exported_module!(module, "keys", key_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod key_functions {
    /// The value that sorts before every other one; `MinKey` without parentheses is the same.
    ///
    /// ```rhai
    /// assert(MinKey() == MinKey);
    /// ```
    #[rhai_fn(name = "MinKey", global)]
    pub fn min_key() -> MinKey {
        MinKey
    }

    /// The value that sorts after every other one; `MaxKey` without parentheses is the same.
    ///
    /// ```rhai
    /// assert(MaxKey() == MaxKey);
    /// ```
    #[rhai_fn(name = "MaxKey", global)]
    pub fn max_key() -> MaxKey {
        MaxKey
    }
}
