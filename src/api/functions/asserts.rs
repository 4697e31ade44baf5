//! `assert`, `assert_eq` and `assert_throws`.

use rhai::plugin::*;
use rhai::{FnPtr, ImmutableString};

use crate::api::run::session::Session;
use crate::error::{Error, Kind};
use crate::values::closure;
use crate::values::comparing::first_difference_in_script;
use crate::values::show;
use crate::values::thrown::{RhaiResult, at_call};
use crate::values::type_name;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "asserts", assert_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod assert_functions {
    /// Throws `AssertionFailed` if the condition is not `true`.
    ///
    /// ```rhai
    /// assert(1 < 2);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn assert(ctx: NativeCallContext, condition: Dynamic) -> RhaiResult<()> {
        check(&ctx, &condition, || "the condition is not true".to_owned())
    }

    /// Throws `AssertionFailed` with this message if the condition is not `true`.
    ///
    /// ```rhai
    /// assert(1 < 2, "numbers have gone mad");
    /// ```
    #[rhai_fn(name = "assert", return_raw, global)]
    pub fn assert_with_message(
        ctx: NativeCallContext,
        condition: Dynamic,
        message: Dynamic,
    ) -> RhaiResult<()> {
        check(&ctx, &condition, || show::print_text(&message))
    }

    /// Throws `AssertionFailed` if the two values differ, and shows both.
    ///
    /// Values are compared as the server compares them, so `1 == 1.0`.
    ///
    /// ```rhai
    /// assert_eq(1 + 1, 2);
    /// assert_eq(#{ a: 1, b: 2 }, #{ b: 2, a: 1.0 });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn assert_eq(ctx: NativeCallContext, left: Dynamic, right: Dynamic) -> RhaiResult<()> {
        match first_difference_in_script(&ctx, &left, &right) {
            None => Ok(()),
            Some(path) => Err(at_call(&ctx, differing(&left, &right, &path))),
        }
    }

    /// Throws `AssertionFailed` with this message if the two values differ, and shows both.
    ///
    /// ```rhai
    /// assert_eq(1 + 1, 2, "arithmetic still works");
    /// ```
    #[rhai_fn(name = "assert_eq", return_raw, global)]
    pub fn assert_eq_with_message(
        ctx: NativeCallContext,
        left: Dynamic,
        right: Dynamic,
        message: Dynamic,
    ) -> RhaiResult<()> {
        match first_difference_in_script(&ctx, &left, &right) {
            None => Ok(()),
            Some(path) => {
                let message = show::print_text(&message);
                let error = differing(&left, &right, &path);
                let error = error.context(|values| format!("{message}: {values}"));
                Err(at_call(&ctx, error))
            }
        }
    }

    /// Calls the closure, which must throw an error of this kind, and returns the error.
    ///
    /// Throws `AssertionFailed` if the closure throws nothing or another kind. Rhai's own errors
    /// have the kind `"Script"`, and a thrown string has the kind `"Thrown"`.
    ///
    /// ```rhai
    /// let err = assert_throws(errors::InvalidId, || ObjectId("not an id"));
    /// assert_eq(err.kind, "InvalidId");
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn assert_throws(ctx: NativeCallContext, kind: &str, f: FnPtr) -> RhaiResult<Dynamic> {
        thrown_by(&ctx, kind, &f)?.map_err(|error| at_call(&ctx, error))
    }

    /// Calls the closure, which must throw an error of this kind, and returns the error. Otherwise
    /// throws `AssertionFailed` with this message.
    ///
    /// ```rhai
    /// assert_throws(errors::InvalidId, || ObjectId("x"), "a short text is not an id");
    /// ```
    #[rhai_fn(name = "assert_throws", return_raw, global)]
    pub fn assert_throws_with_message(
        ctx: NativeCallContext,
        kind: &str,
        f: FnPtr,
        message: Dynamic,
    ) -> RhaiResult<Dynamic> {
        let message = show::print_text(&message);
        thrown_by(&ctx, kind, &f)?
            .map_err(|error| at_call(&ctx, error.context(|found| format!("{message}: {found}"))))
    }
}

/// Returns the error of this kind that the closure throws, or the failure of the assertion.
fn thrown_by(
    ctx: &NativeCallContext,
    kind: &str,
    f: &FnPtr,
) -> RhaiResult<crate::error::Result<Dynamic>> {
    let value = match closure::call(ctx, f, []) {
        Ok(value) => {
            let message = format!("expected `{kind}`, but nothing was thrown");
            let hint = format!("the closure returned {}", cut(&value));
            return Ok(Err(failed(message).hint(hint)));
        }
        Err(error) => Session::of(ctx)?.caught(ctx, error)?,
    };
    let found = kind_of(&value);
    if found == kind {
        return Ok(Ok(value));
    }
    let message = format!("expected `{kind}`, but `{found}` was thrown");
    Ok(Err(
        failed(message).hint(format!("the thrown value is {}", cut(&value)))
    ))
}

fn check(
    ctx: &NativeCallContext,
    condition: &Dynamic,
    message: impl FnOnce() -> String,
) -> RhaiResult<()> {
    match condition.as_bool() {
        Ok(true) => Ok(()),
        Ok(false) => Err(at_call(ctx, failed(message()))),
        Err(_) => {
            let given = type_name::of(condition);
            let error = Error::invalid_argument(format!(
                "`assert` needs `true` or `false`, but got {given}"
            ))
            .hint("write a comparison: `assert(x == 1)`");
            Err(at_call(ctx, error))
        }
    }
}

fn failed(message: String) -> Error {
    Error::new(Kind::AssertionFailed, message)
}

fn differing(left: &Dynamic, right: &Dynamic, path: &str) -> Error {
    let values = format!("left: {}, right: {}", cut(left), cut(right));
    let error = failed(format!("the values differ; {values}"));
    if path.is_empty() {
        error
    } else {
        error.hint(format!("the first difference is at `{path}`"))
    }
}

/// Returns source text, shortened if it is very long.
fn cut(value: &Dynamic) -> String {
    const LONGEST: usize = 2000;
    let text = show::source(value);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns the kind of a thrown value.
pub fn kind_of(thrown: &Dynamic) -> ImmutableString {
    if let Some(error) = thrown.read_lock::<Error>() {
        return error.kind().name().into();
    }
    let is_script_error = thrown
        .read_lock::<rhai::Map>()
        .is_some_and(|map| map.get("kind").is_some_and(|kind| kind.is_string()));
    if is_script_error {
        "Script".into()
    } else {
        "Thrown".into()
    }
}
