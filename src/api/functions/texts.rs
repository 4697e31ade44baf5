//! Functions on texts and numbers that reports need: `pad_start`, `pad_end`, `round`.

use rhai::plugin::*;
use rhai::{FLOAT, INT};

use crate::error::Error;
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
    /// Returns the text with spaces before it, so that it has `length` characters.
    ///
    /// A longer text stays as it is.
    ///
    /// ```rhai
    /// assert_eq("7".pad_start(3), "  7");
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn pad_start(ctx: NativeCallContext, text: &str, length: INT) -> RhaiResult<String> {
        padded(text, length, " ", true).map_err(|error| at_call(&ctx, error))
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
        padded(text, length, filler.encode_utf8(&mut [0; 4]), true)
            .map_err(|error| at_call(&ctx, error))
    }

    /// Returns the text with a filler before it, which is repeated and cut.
    ///
    /// ```rhai
    /// assert_eq("7".pad_start(4, "ab"), "aba7");
    /// ```
    #[rhai_fn(name = "pad_start", return_raw, global)]
    pub fn pad_start_with_text(
        ctx: NativeCallContext,
        text: &str,
        length: INT,
        filler: &str,
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
        padded(text, length, " ", false).map_err(|error| at_call(&ctx, error))
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
        padded(text, length, filler.encode_utf8(&mut [0; 4]), false)
            .map_err(|error| at_call(&ctx, error))
    }

    /// Returns the text with a filler after it, which is repeated and cut.
    ///
    /// ```rhai
    /// assert_eq("ab".pad_end(5, "-="), "ab-=-");
    /// ```
    #[rhai_fn(name = "pad_end", return_raw, global)]
    pub fn pad_end_with_text(
        ctx: NativeCallContext,
        text: &str,
        length: INT,
        filler: &str,
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

fn padded(text: &str, length: INT, filler: &str, before: bool) -> crate::error::Result<String> {
    if !(0..=LONGEST).contains(&length) {
        return Err(Error::invalid_argument(format!(
            "a string cannot be padded to {length} characters"
        ))
        .hint(format!("use a length from 0 to {LONGEST}")));
    }
    let missing = usize::try_from(length)
        .unwrap_or(0)
        .saturating_sub(text.chars().count());
    let filling: String = filler.chars().cycle().take(missing).collect();
    Ok(if before {
        filling + text
    } else {
        format!("{text}{filling}")
    })
}
