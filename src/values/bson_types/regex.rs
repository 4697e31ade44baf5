//! `Regex`: a regular expression that the server evaluates.

use rhai::ImmutableString;
use rhai::plugin::*;

use crate::error::{Error, Result};
use crate::values::thrown::{RhaiResult, at_call};

/// A regular expression that the server evaluates: a pattern and its option letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regex {
    pattern: ImmutableString,
    options: ImmutableString,
}

impl Regex {
    pub fn new(pattern: impl Into<ImmutableString>, options: impl Into<ImmutableString>) -> Self {
        Self {
            pattern: pattern.into(),
            options: options.into(),
        }
    }

    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    pub fn options(&self) -> &str {
        &self.options
    }

    /// Returns whether one of the texts has a zero byte, which BSON does not allow.
    pub fn has_nul(&self) -> bool {
        self.pattern.contains('\0') || self.options.contains('\0')
    }
}

pub fn register(module: &mut Module) {
    module.set_custom_type::<Regex>("Regex");
    combine_with_exported_module!(module, "regex", regex_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod regex_functions {
    /// Returns a regular expression for filters.
    ///
    /// ```rhai
    /// assert_eq(Regex("^a").pattern, "^a");
    /// ```
    #[rhai_fn(name = "Regex", return_raw, global)]
    pub fn new_regex(ctx: NativeCallContext, pattern: &str) -> RhaiResult<Regex> {
        checked(pattern, "").map_err(|error| at_call(&ctx, error))
    }

    /// Returns a regular expression for filters, with options.
    ///
    /// `i` ignores case, `m` makes `^` and `$` match at every line, `s` makes `.` match the end of
    /// a line, and `x` ignores spaces in the pattern.
    ///
    /// ```rhai
    /// assert_eq(Regex("^a", "i").options, "i");
    /// ```
    #[rhai_fn(name = "Regex", return_raw, global)]
    pub fn new_regex_with_options(
        ctx: NativeCallContext,
        pattern: &str,
        options: &str,
    ) -> RhaiResult<Regex> {
        checked(pattern, options).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the pattern, without slashes.
    ///
    /// ```rhai
    /// assert_eq(Regex("^a").pattern, "^a");
    /// ```
    #[rhai_fn(get = "pattern", pure, global)]
    pub fn pattern(regex: &mut Regex) -> ImmutableString {
        regex.pattern.clone()
    }

    /// Returns the option letters.
    ///
    /// ```rhai
    /// assert_eq(Regex("^a").options, "");
    /// ```
    #[rhai_fn(get = "options", pure, global)]
    pub fn options(regex: &mut Regex) -> ImmutableString {
        regex.options.clone()
    }
}

/// Returns a regular expression that BSON can store.
///
/// # Errors
/// `InvalidArgument` if a text has a zero byte.
fn checked(pattern: &str, options: &str) -> Result<Regex> {
    let regex = Regex::new(pattern, options);
    if regex.has_nul() {
        return Err(Error::invalid_argument("a Regex cannot hold a NUL byte")
            .hint("write it as `\\\\x00`, so that the server reads it"));
    }
    Ok(regex)
}
