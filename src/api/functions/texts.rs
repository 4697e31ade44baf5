//! Functions on arrays, texts and numbers that reports need: `join`, `sum`, `min`, `max`,
//! `pad_start`, `pad_end`, `round`.

use rhai::plugin::*;
use rhai::{Array, FLOAT, INT};

use crate::error::Error;
use crate::values::order::compare;
use crate::values::show;
use crate::values::thrown::{RhaiResult, at_call};

/// The longest text that padding makes, in characters.
const LONGEST: INT = 1_000_000;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "texts", text_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod text_functions {
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
            sum = ctx.call_fn("+", (sum, value))?;
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

    /// Returns the text with spaces before it, so that it has `length` characters.
    ///
    /// A longer text stays as it is.
    ///
    /// ```rhai
    /// assert_eq("7".pad_start(3), "  7");
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn pad_start(ctx: NativeCallContext, text: &str, length: INT) -> RhaiResult<String> {
        padded(text, length, ' ', true).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the text with a character before it as often as necessary.
    ///
    /// ```rhai
    /// assert_eq("7".pad_start(3, '0'), "007");
    /// ```
    #[rhai_fn(name = "pad_start", return_raw, global)]
    pub fn pad_start_with(
        ctx: NativeCallContext,
        text: &str,
        length: INT,
        filler: char,
    ) -> RhaiResult<String> {
        padded(text, length, filler, true).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the text with spaces after it, so that it has `length` characters.
    ///
    /// ```rhai
    /// assert_eq("ab".pad_end(4) + "|", "ab  |");
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn pad_end(ctx: NativeCallContext, text: &str, length: INT) -> RhaiResult<String> {
        padded(text, length, ' ', false).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the text with a character after it as often as necessary.
    ///
    /// ```rhai
    /// assert_eq("ab".pad_end(4, '.'), "ab..");
    /// ```
    #[rhai_fn(name = "pad_end", return_raw, global)]
    pub fn pad_end_with(
        ctx: NativeCallContext,
        text: &str,
        length: INT,
        filler: char,
    ) -> RhaiResult<String> {
        padded(text, length, filler, false).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the number rounded to this many digits after the point, 0 to 15.
    ///
    /// ```rhai
    /// assert_eq(3.14159.round(2), 3.14);
    /// assert_eq((0.1 + 0.2).round(1), 0.3);
    /// ```
    #[rhai_fn(name = "round", return_raw, global)]
    pub fn round_to(ctx: NativeCallContext, number: FLOAT, digits: INT) -> RhaiResult<FLOAT> {
        let digits = usize::try_from(digits).ok().filter(|digits| *digits <= 15);
        let Some(digits) = digits else {
            let error = Error::invalid_argument("`round` takes 0 to 15 digits");
            return Err(at_call(&ctx, error.hint("for example `3.14159.round(2)`")));
        };
        // Formatting rounds the exact value. Multiplying first would add an error of its own.
        Ok(format!("{number:.digits$}").parse().unwrap_or(number))
    }
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
    let is = |operator: &str, left: &Dynamic, right: &Dynamic| {
        ctx.call_fn::<bool>(operator, (left.clone(), right.clone()))
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

fn padded(text: &str, length: INT, filler: char, before: bool) -> crate::error::Result<String> {
    if !(0..=LONGEST).contains(&length) {
        return Err(Error::invalid_argument(format!(
            "a text cannot be padded to {length} characters"
        ))
        .hint(format!("use a length from 0 to {LONGEST}")));
    }
    let missing = usize::try_from(length)
        .unwrap_or(0)
        .saturating_sub(text.chars().count());
    let filling: String = std::iter::repeat_n(filler, missing).collect();
    Ok(if before {
        filling + text
    } else {
        format!("{text}{filling}")
    })
}
