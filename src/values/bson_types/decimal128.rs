//! `Decimal128`: decimal numbers with 34 digits that keep their digits, for example for money.

use bson::Decimal128;
use rhai::plugin::*;
use rhai::{FLOAT, INT};

use crate::error::{Error, Result};
use crate::values::decimal;
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    module.set_custom_type::<Decimal128>("Decimal128");
    combine_with_exported_module!(module, "decimal128", decimal128_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod decimal128_functions {
    /// Returns the decimal with exactly these digits; `NaN`, `Infinity` and `-Infinity` are
    /// allowed.
    ///
    /// Throws `InvalidArgument` if the text is not a number or has too many digits.
    ///
    /// ```rhai
    /// assert_eq(Decimal128("1.10").to_string(), `Decimal128("1.10")`);
    /// ```
    #[rhai_fn(name = "Decimal128", return_raw, global)]
    pub fn parse_decimal(ctx: NativeCallContext, text: &str) -> RhaiResult<Decimal128> {
        parse(text).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the decimal of an integer.
    ///
    /// ```rhai
    /// assert(Decimal128(5) == 5);
    /// ```
    #[rhai_fn(name = "Decimal128", global)]
    pub fn decimal_from_int(value: INT) -> Decimal128 {
        decimal::from_int(value)
    }

    /// Returns the decimal with the digits that the float prints as.
    ///
    /// Use a string to be sure of the digits.
    ///
    /// ```rhai
    /// assert_eq(Decimal128(0.1), Decimal128("0.1"));
    /// ```
    #[rhai_fn(name = "Decimal128", global)]
    pub fn decimal_from_float(value: FLOAT) -> Decimal128 {
        decimal::from_float(value)
    }

    /// Returns the float nearest to the decimal.
    ///
    /// ```rhai
    /// assert_eq(Decimal128("1.50").to_float(), 1.5);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_float(value: &mut Decimal128) -> FLOAT {
        decimal::to_float(value)
    }

    /// Returns the integer part of the decimal.
    ///
    /// Throws `InvalidArgument` if it does not fit an integer.
    ///
    /// ```rhai
    /// assert_eq(Decimal128("-1.9").to_int(), -1);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn to_int(ctx: NativeCallContext, value: &mut Decimal128) -> RhaiResult<INT> {
        decimal::to_int(value).ok_or_else(|| {
            let error = Error::invalid_argument(format!("`{value}` does not fit an integer"))
                .hint("use `to_float`, which may lose digits");
            at_call(&ctx, error)
        })
    }

    /// Returns the decimal without its sign.
    ///
    /// ```rhai
    /// assert_eq(Decimal128("-1.10").abs(), Decimal128("1.10"));
    /// ```
    #[rhai_fn(global)]
    pub fn abs(value: Decimal128) -> Decimal128 {
        decimal::combine(&value, &value, |context, value, _| context.abs(value))
    }

    /// Returns the decimal with the opposite sign.
    ///
    /// ```rhai
    /// assert_eq(-Decimal128("1.10"), Decimal128("-1.10"));
    /// ```
    #[rhai_fn(name = "-", global)]
    pub fn negated(value: Decimal128) -> Decimal128 {
        decimal::combine(&value, &value, |context, value, _| context.minus(value))
    }

    /// Returns the decimal itself.
    ///
    /// ```rhai
    /// assert_eq(+Decimal128("1.10"), Decimal128("1.10"));
    /// ```
    #[rhai_fn(name = "+", global)]
    pub fn unchanged(value: Decimal128) -> Decimal128 {
        value
    }
}

/// Reads a decimal.
///
/// # Errors
/// `InvalidArgument` if the text is not a number or has too many digits.
pub fn parse(text: &str) -> Result<Decimal128> {
    let parsed = if is_decimal(text) {
        text.parse().ok()
    } else {
        None
    };
    parsed.ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        Error::invalid_argument(format!("`{shown}` is not a Decimal128"))
            .hint("write up to 34 digits, as `1.10` or `1.1E+3`, or `NaN`, `Infinity`, `-Infinity`")
    })
}

/// Returns whether a text has the form of the BSON specification for Decimal128. The parser of the
/// driver accepts more, for example the empty text.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity", "nan"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
    {
        return true;
    }
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let has_digit = !whole.is_empty() || !fraction.is_empty();
    let is_exponent = |part: &str| {
        let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
        !digits.is_empty() && are_digits(digits)
    };
    has_digit && are_digits(whole) && are_digits(fraction) && exponent.is_none_or(is_exponent)
}
