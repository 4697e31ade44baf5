//! `Regex`: a regular expression that the server evaluates.

use rhai::plugin::*;
use rhai::{Array, ImmutableString};

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

    /// Returns whether the pattern matches a part of the text.
    ///
    /// Look-around and references to groups (`(?=a)`, `\\1`) work only in filters, on the server.
    ///
    /// ```rhai
    /// assert(Regex("^o", "i").is_match("Oslo"));
    /// assert(!Regex("^o").is_match("Oslo"));
    /// ```
    #[rhai_fn(return_raw, pure, global)]
    pub fn is_match(ctx: NativeCallContext, regex: &mut Regex, text: &str) -> RhaiResult<bool> {
        let compiled = compiled(regex).map_err(|error| at_call(&ctx, error))?;
        Ok(compiled.is_match(text))
    }

    /// Returns the first part of the text that matches, or `()`.
    ///
    /// With groups in the pattern it returns an array: the whole part, and the part of each group.
    ///
    /// ```rhai
    /// assert_eq(Regex("[0-9]+").find("truck 42 of 99"), "42");
    /// assert_eq(Regex("([a-z]+)@([a-z]+)").find("mail ada@oslo now"), ["ada@oslo", "ada", "oslo"]);
    /// assert_eq(Regex("x").find("truck"), ());
    /// ```
    #[rhai_fn(return_raw, pure, global)]
    pub fn find(ctx: NativeCallContext, regex: &mut Regex, text: &str) -> RhaiResult<Dynamic> {
        let compiled = compiled(regex).map_err(|error| at_call(&ctx, error))?;
        let Some(captures) = compiled.captures(text) else {
            return Ok(Dynamic::UNIT);
        };
        let part = |part: Option<::regex::Match>| {
            part.map_or(Dynamic::UNIT, |part| part.as_str().to_owned().into())
        };
        Ok(match captures.len() {
            1 => part(captures.get(0)),
            _ => captures.iter().map(part).collect::<Array>().into(),
        })
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

/// Returns the pattern for texts of the script.
///
/// # Errors
/// `InvalidArgument` for a pattern that only the server understands, or that is not valid.
fn compiled(regex: &Regex) -> Result<::regex::Regex> {
    let has = |option: char| regex.options().contains(option);
    ::regex::RegexBuilder::new(regex.pattern())
        .case_insensitive(has('i'))
        .multi_line(has('m'))
        .dot_matches_new_line(has('s'))
        .ignore_whitespace(has('x'))
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            Error::invalid_argument(format!(
                "the pattern `{}` cannot be tried on a text: {reason}",
                regex.pattern()
            ))
            .hint("a filter with this pattern may still work: there the server evaluates it")
        })
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
