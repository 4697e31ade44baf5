//! Functions on arrays that Rhai does not have, and those of Rhai that call a closure and are
//! slower there.

use std::mem;

use rhai::plugin::*;
use rhai::{Array, FnPtr};

use crate::error::Error;
use crate::values::element_call::ElementCall;
use crate::values::order::compare;
use crate::values::show;
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "arrays", array_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod array_functions {
    /// Returns a text of all values, with the separator between them.
    ///
    /// Each value is written as `print` writes it.
    ///
    /// ```rhai
    /// assert_eq(["Oslo", 2, true].join(", "), "Oslo, 2, true");
    /// assert_eq([].join(", "), "");
    /// ```
    #[rhai_fn(pure, global)]
    pub fn join(array: &mut Array, separator: &str) -> String {
        let texts: Vec<String> = array.iter().map(show::print_text).collect();
        texts.join(separator)
    }

    /// Returns the sum of all numbers, or 0 for an empty array.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 3].sum(), 6);
    /// assert_eq([1, 0.5, Decimal128("2.5")].sum(), Decimal128("4.0"));
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn sum(ctx: NativeCallContext, array: &mut Array) -> RhaiResult<Dynamic> {
        let mut values = array.iter().map(Dynamic::flatten_clone);
        let Some(mut sum) = values.next() else {
            return Ok(Dynamic::from_int(0));
        };
        check_number(&sum).map_err(|error| at_call(&ctx, error))?;
        for value in values {
            check_number(&value).map_err(|error| at_call(&ctx, error))?;
            sum = add(&ctx, sum, value)?;
        }
        Ok(sum)
    }

    /// Returns the smallest value as `<` compares them, or `()` for an empty array.
    ///
    /// ```rhai
    /// assert_eq([3, 1.5, 2].min(), 1.5);
    /// assert_eq(["pear", "apple"].min(), "apple");
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn min(ctx: NativeCallContext, array: &mut Array) -> RhaiResult<Dynamic> {
        extreme(&ctx, array, "<")
    }

    /// Returns the largest value as `<` compares them, or `()` for an empty array.
    ///
    /// ```rhai
    /// assert_eq([3, 1.5, 2].max(), 3);
    /// assert_eq([].max(), ());
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn max(ctx: NativeCallContext, array: &mut Array) -> RhaiResult<Dynamic> {
        extreme(&ctx, array, ">")
    }

    /// Returns an array of what the closure `|value|` returns for each element.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 3].map(|value| value * 10), [10, 20, 30]);
    /// assert_eq([7, 7].map(|value, index| value + index), [7, 8]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn map(ctx: NativeCallContext, array: &mut Array, f: FnPtr) -> RhaiResult<Array> {
        let each = ElementCall::new(&ctx, &f);
        let elements = (0..).zip(array.iter_mut());
        elements
            .map(|(index, element)| each.call(element, index))
            .collect()
    }

    /// Returns an array of the elements for which the closure `|value|` returns `true`.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 3].filter(|value| value > 1), [2, 3]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn filter(ctx: NativeCallContext, array: &mut Array, f: FnPtr) -> RhaiResult<Array> {
        let each = ElementCall::new(&ctx, &f);
        let mut chosen = Array::new();
        for (index, element) in (0..).zip(array.iter_mut()) {
            if each.holds(element, index)? {
                chosen.push(element.clone());
            }
        }
        Ok(chosen)
    }

    /// Returns the first element for which the closure `|value|` returns `true`, or `()`.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 3].find(|value| value > 1), 2);
    /// assert_eq([1, 2, 3].find(|value| value > 3), ());
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn find(ctx: NativeCallContext, array: &mut Array, f: FnPtr) -> RhaiResult<Dynamic> {
        let each = ElementCall::new(&ctx, &f);
        for (index, element) in (0..).zip(array.iter_mut()) {
            if each.holds(element, index)? {
                return Ok(element.clone());
            }
        }
        Ok(Dynamic::UNIT)
    }

    /// Returns `true` if the closure `|value|` returns `true` for an element.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// assert([1, 2, 3].some(|value| value > 2));
    /// assert(![].some(|value| true));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn some(ctx: NativeCallContext, array: &mut Array, f: FnPtr) -> RhaiResult<bool> {
        let each = ElementCall::new(&ctx, &f);
        for (index, element) in (0..).zip(array.iter_mut()) {
            if each.holds(element, index)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns `true` if the closure `|value|` returns `true` for all elements.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// assert([1, 2, 3].all(|value| value > 0));
    /// assert([].all(|value| false));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn all(ctx: NativeCallContext, array: &mut Array, f: FnPtr) -> RhaiResult<bool> {
        let each = ElementCall::new(&ctx, &f);
        for (index, element) in (0..).zip(array.iter_mut()) {
            if !each.holds(element, index)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes the elements for which the closure `|value|` returns `true`, and returns them.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// let a = [1, 2, 3, 4];
    /// assert_eq(a.drain(|value| value > 2), [3, 4]);
    /// assert_eq(a, [1, 2]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn drain(ctx: NativeCallContext, array: &mut Array, filter: FnPtr) -> RhaiResult<Array> {
        let (chosen, others) = divide(&ctx, array, &filter)?;
        *array = others;
        Ok(chosen)
    }

    /// Removes the elements for which the closure `|value|` does not return `true`, and returns
    /// them.
    ///
    /// A closure with two parameters gets the index too. Without parameters, `this` is the element.
    ///
    /// ```rhai
    /// let a = [1, 2, 3, 4];
    /// assert_eq(a.retain(|value| value > 2), [1, 2]);
    /// assert_eq(a, [3, 4]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn retain(ctx: NativeCallContext, array: &mut Array, filter: FnPtr) -> RhaiResult<Array> {
        let (chosen, others) = divide(&ctx, array, &filter)?;
        *array = chosen;
        Ok(others)
    }
}

/// Takes the elements out of an array: those for which `filter` returns `true`, and the others.
///
/// Rhai's own `drain` and `retain` remove the elements one by one, and each time move all that
/// stand behind.
fn divide(
    ctx: &NativeCallContext,
    array: &mut Array,
    filter: &FnPtr,
) -> RhaiResult<(Array, Array)> {
    let each = ElementCall::new(ctx, filter);
    let mut is_chosen = Vec::with_capacity(array.len());
    for (index, element) in (0..).zip(array.iter_mut()) {
        is_chosen.push(each.holds(element, index)?);
    }
    let mut is_chosen = is_chosen.into_iter();
    let elements = mem::take(array).into_iter();
    Ok(elements.partition(|_| is_chosen.next() == Some(true)))
}

/// Returns the sum of two numbers, as `+` has it.
fn add(ctx: &NativeCallContext, left: Dynamic, right: Dynamic) -> RhaiResult<Dynamic> {
    // `+` is looked up at every call, which takes longer than to add.
    if let (Ok(left), Ok(right)) = (left.as_int(), right.as_int())
        && let Some(sum) = left.checked_add(right)
    {
        return Ok(Dynamic::from_int(sum));
    }
    if let (Ok(left), Ok(right)) = (left.as_float(), right.as_float()) {
        return Ok(Dynamic::from_float(left + right));
    }
    ctx.call_fn("+", (left, right))
}

fn check_number(value: &Dynamic) -> crate::error::Result<()> {
    if value.is_int() || value.is_float() || value.is::<bson::Decimal128>() {
        return Ok(());
    }
    Err(
        Error::invalid_argument(format!("`sum` cannot add {}", show::source(value)))
            .hint("take the numbers out first: `orders.map(|order| order.total).sum()`"),
    )
}

/// Returns the value for which `operator` is true with each other one.
fn extreme(ctx: &NativeCallContext, array: &Array, operator: &str) -> RhaiResult<Dynamic> {
    let mut values = array.iter().map(Dynamic::flatten_clone);
    let Some(mut found) = values.next() else {
        return Ok(Dynamic::UNIT);
    };
    let is = |operator: &str, left: &Dynamic, right: &Dynamic| match (left.as_int(), right.as_int())
    {
        (Ok(left), Ok(right)) => Ok((operator == "<") == (left < right) && left != right),
        _ => ctx.call_fn::<bool>(operator, (left.clone(), right.clone())),
    };
    for value in values {
        let is_before = is(operator, &value, &found)?;
        if !is_before && !is(operator, &found, &value)? && !compare::equal(&value, &found) {
            let (left, right) = (show::source(&found), show::source(&value));
            let error = Error::invalid_argument(format!("{left} and {right} have no order"));
            return Err(at_call(ctx, error.hint("compare values of one type")));
        }
        if is_before {
            found = value;
        }
    }
    Ok(found)
}
