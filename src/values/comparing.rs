//! Comparing values of any type: `same_bytes`, and arrays with `==`.

use rhai::Array;
use rhai::plugin::*;

use super::thrown::{RhaiResult, at_call};
use crate::values::order::compare;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "comparing", comparing_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod comparing_functions {
    /// Whether two values are the same BSON, byte for byte: types, integer widths and the order of fields included.
    ///
    /// ```rhai
    /// assert(#{ a: 1, b: 2 } == #{ b: 2.0, a: 1 });
    /// assert(!same_bytes(#{ a: 1, b: 2 }, #{ b: 2, a: 1 }));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn same_bytes(ctx: NativeCallContext, left: Dynamic, right: Dynamic) -> RhaiResult<bool> {
        compare::same_bytes(&left, &right).map_err(|error| at_call(&ctx, error))
    }

    /// Whether two arrays have equal values in the same order, as the server compares values.
    ///
    /// ```rhai
    /// assert([1, #{ a: 2, b: 3 }] == [1.0, #{ b: 3, a: 2 }]);
    /// ```
    #[rhai_fn(name = "==", pure, global)]
    pub fn arrays_equal(ctx: NativeCallContext, left: &mut Array, right: Array) -> bool {
        equal_in_script(&ctx, &Dynamic::from(left.clone()), &Dynamic::from(right))
    }

    /// Whether two arrays differ.
    ///
    /// ```rhai
    /// assert([1, 2] != [2, 1]);
    /// ```
    #[rhai_fn(name = "!=", pure, global)]
    pub fn arrays_differ(ctx: NativeCallContext, left: &mut Array, right: Array) -> bool {
        !equal_in_script(&ctx, &Dynamic::from(left.clone()), &Dynamic::from(right))
    }
}

/// Whether two values are equal as the server compares them, or, where they are no BSON, as the script would.
pub fn equal_in_script(ctx: &NativeCallContext, left: &Dynamic, right: &Dynamic) -> bool {
    first_difference_in_script(ctx, left, right).is_none()
}

/// The path of the first difference, found as [`equal_in_script`] compares.
pub fn first_difference_in_script(
    ctx: &NativeCallContext,
    left: &Dynamic,
    right: &Dynamic,
) -> Option<String> {
    compare::first_difference(left, right, &mut |left, right| {
        let arguments = &mut [&mut left.clone(), &mut right.clone()];
        let equal = ctx.call_native_fn_raw("==", true, arguments);
        equal.is_ok_and(|equal| equal.as_bool().unwrap_or(false))
    })
}
