//! `MinKey` and `MaxKey`: they sort before and after all other values.

use rhai::plugin::*;

/// Sorts before all other values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinKey;

/// Sorts after all other values.
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
    /// Returns the value that sorts before all others.
    ///
    /// `MinKey` without parentheses is the same.
    ///
    /// ```rhai
    /// assert(MinKey() == MinKey);
    /// ```
    #[rhai_fn(name = "MinKey", global)]
    pub fn min_key() -> MinKey {
        MinKey
    }

    /// Returns the value that sorts after all others.
    ///
    /// `MaxKey` without parentheses is the same.
    ///
    /// ```rhai
    /// assert(MaxKey() == MaxKey);
    /// ```
    #[rhai_fn(name = "MaxKey", global)]
    pub fn max_key() -> MaxKey {
        MaxKey
    }
}
