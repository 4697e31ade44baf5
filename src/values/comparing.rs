//! Comparisons of values of any type: `same_bytes`, and `==` for arrays.

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
    /// Returns `true` if two values are the same BSON, byte for byte.
    ///
    /// Types, integer widths and the order of fields must be the same.
    ///
    /// ```rhai
    /// assert(#{ a: 1, b: 2 } == #{ b: 2.0, a: 1 });
    /// assert(!same_bytes(#{ a: 1, b: 2 }, #{ b: 2, a: 1 }));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn same_bytes(ctx: NativeCallContext, left: Dynamic, right: Dynamic) -> RhaiResult<bool> {
        compare::same_bytes(&left, &right).map_err(|error| at_call(&ctx, error))
    }

    /// Returns `true` if two arrays have equal values in the same order, compared as the server
    /// compares values.
    ///
    /// ```rhai
    /// assert([1, #{ a: 2, b: 3 }] == [1.0, #{ b: 3, a: 2 }]);
    /// ```
    #[rhai_fn(name = "==", pure, global)]
    pub fn arrays_equal(ctx: NativeCallContext, left: &mut Array, right: Array) -> bool {
        equal_in_script(&ctx, &Dynamic::from(left.clone()), &Dynamic::from(right))
    }

    /// Returns `true` if two arrays differ.
    ///
    /// ```rhai
    /// assert([1, 2] != [2, 1]);
    /// ```
    #[rhai_fn(name = "!=", pure, global)]
    pub fn arrays_differ(ctx: NativeCallContext, left: &mut Array, right: Array) -> bool {
        !equal_in_script(&ctx, &Dynamic::from(left.clone()), &Dynamic::from(right))
    }
}

/// Compares two values as the server does, and values that are not BSON as the script does.
pub fn equal_in_script(ctx: &NativeCallContext, left: &Dynamic, right: &Dynamic) -> bool {
    first_difference_in_script(ctx, left, right).is_none()
}

/// Returns the path of the first difference, compared as in [`equal_in_script`].
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
