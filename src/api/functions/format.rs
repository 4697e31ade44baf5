//! `format(value, pattern)`: numbers and dates as text.

use bson::DateTime;
use rhai::plugin::*;

use crate::error::{Error, Result};
use crate::values::bson_types::date_format;
use crate::values::thrown::{RhaiResult, at_call};
use crate::values::type_name;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "format", format_functions);
}

/// The widest text and the most decimals that a pattern may ask for.
const WIDEST: usize = 1000;

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod format_functions {
    /// Returns a number or a date as text.
    ///
    /// The pattern of a number is a width and a number of decimals, such as `"8.2"`, where both can be left
    /// out. A `0` before the width fills with zeros, a `,` separates thousands, a `+` shows the sign of
    /// positive numbers, and a last letter chooses another form: `x` hexadecimal, `e` exponent, `%` percent.
    ///
    /// The pattern of a date is that of `DateTime.format`.
    ///
    /// ```rhai
    /// assert_eq(format(1234567.891, ",.2"), "1,234,567.89");
    /// assert_eq(format(7, "03"), "007");
    /// assert_eq(format(0.256, ".1%"), "25.6%");
    /// assert_eq(format(255, "x"), "ff");
    /// assert_eq(format(DateTime("2026-01-31"), "%d.%m.%Y"), "31.01.2026");
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn format(ctx: NativeCallContext, value: Dynamic, pattern: &str) -> RhaiResult<String> {
        formatted(&value, pattern).map_err(|error| at_call(&ctx, error))
    }
}

fn formatted(value: &Dynamic, pattern: &str) -> Result<String> {
    if let Some(date) = value.read_lock::<DateTime>() {
        return date_format::format(*date, pattern);
    }
    let pattern = Pattern::parse(pattern)?;
    if let Ok(int) = value.as_int() {
        return Ok(pattern.int(int));
    }
    let float = match value.as_float() {
        Ok(float) => Some(float),
        Err(_) => value
            .read_lock::<bson::Decimal128>()
            .and_then(|decimal| decimal.to_string().parse().ok()),
    };
    float.map(|float| pattern.float(float)).ok_or_else(|| {
        Error::invalid_argument(format!(
            "`format` takes a number or a DateTime, not {}",
            type_name::of(value)
        ))
        .hint("for other values write `` `${value}` ``, `pad_start` and `pad_end`")
    })
}

/// How a number is written.
#[derive(Default)]
struct Pattern {
    sign: bool,
    zeros: bool,
    width: usize,
    thousands: bool,
    decimals: Option<usize>,
    form: Form,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Plain,
    Hexadecimal,
    Exponent,
    Percent,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid_argument(format!("`{text}` is not a pattern for a number"))
                .hint("for example `\".2\"` (two decimals), `\",\"` (thousands), `\"08.3\"`, `\"x\"`, `\".1%\"`")
        };
        let mut pattern = Self::default();
        let rest = text.strip_prefix('+');
        pattern.sign = rest.is_some();
        let rest = rest.unwrap_or(text);
        pattern.zeros = rest.starts_with('0');
        let (width, rest) = number(rest);
        pattern.width = width.unwrap_or(0);
        let after = rest.strip_prefix(',');
        pattern.thousands = after.is_some();
        let mut rest = after.unwrap_or(rest);
        if let Some(after) = rest.strip_prefix('.') {
            let (decimals, after) = number(after);
            pattern.decimals = Some(decimals.ok_or_else(wrong)?);
            rest = after;
        }
        pattern.form = match rest {
            "" | "d" | "f" => Form::Plain,
            "x" => Form::Hexadecimal,
            "e" => Form::Exponent,
            "%" => Form::Percent,
            _ => return Err(wrong()),
        };
        if pattern.width > WIDEST || pattern.decimals.is_some_and(|count| count > WIDEST) {
            return Err(wrong());
        }
        Ok(pattern)
    }

    fn int(&self, int: i64) -> String {
        match self.form {
            Form::Hexadecimal => self.finished(int < 0, format!("{:x}", int.unsigned_abs()), ""),
            Form::Plain if self.decimals.is_none() => {
                self.finished(int < 0, int.unsigned_abs().to_string(), "")
            }
            _ => self.float(int as f64),
        }
    }

    fn float(&self, float: f64) -> String {
        let size = float.abs();
        let decimals = |value: f64| match self.decimals {
            Some(count) => format!("{value:.count$}"),
            None => format!("{value}"),
        };
        let (digits, end) = match (self.form, self.decimals) {
            (Form::Percent, _) => (decimals(size * 100.0), "%"),
            (Form::Exponent, Some(count)) => (format!("{size:.count$e}"), ""),
            (Form::Exponent, None) => (format!("{size:e}"), ""),
            _ => (decimals(size), ""),
        };
        self.finished(float.is_sign_negative() && !float.is_nan(), digits, end)
    }

    /// Adds the sign, the separators and the width.
    fn finished(&self, is_negative: bool, digits: String, end: &str) -> String {
        let digits = if self.thousands {
            with_thousands(&digits)
        } else {
            digits
        };
        let sign = match (is_negative, self.sign) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let missing = self
            .width
            .saturating_sub(sign.len() + digits.len() + end.len());
        if self.zeros {
            format!("{sign}{}{digits}{end}", "0".repeat(missing))
        } else {
            format!("{}{sign}{digits}{end}", " ".repeat(missing))
        }
    }
}

/// Returns the number at the start of the text, and the rest.
fn number(text: &str) -> (Option<usize>, &str) {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    (text[..end].parse().ok(), &text[end..])
}

/// `1234567.5` becomes `1,234,567.5`.
fn with_thousands(digits: &str) -> String {
    let end = digits
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}
