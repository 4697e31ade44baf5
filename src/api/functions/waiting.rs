//! Time: `sleep`, `timed` and `eventually`.

use std::time::{Duration, Instant};

use rhai::plugin::*;
use rhai::{FLOAT, FnPtr, INT};

use crate::api::call::arguments::Call;
use crate::api::call::methods::{Registrar, functions};
use crate::api::run::pause::{duration, wait};
use crate::api::run::session::Session;
use crate::error::{Error, Kind};
use crate::values::closure;
use crate::values::document::Document;
use crate::values::show;
use crate::values::thrown::{RhaiResult, at_call, innermost};

/// How often `eventually` calls the closure.
const POLL: Duration = Duration::from_millis(10);

pub fn register(registrar: &mut Registrar) {
    combine_with_exported_module!(&mut registrar.module, "waiting", waiting_functions);
    register_functions(registrar);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod waiting_functions {
    /// Waits for this number of seconds.
    ///
    /// ```rhai
    /// sleep(0);
    /// ```
    #[rhai_fn(volatile, return_raw, global)]
    pub fn sleep(ctx: NativeCallContext, seconds: INT) -> RhaiResult<()> {
        pause(&ctx, seconds as FLOAT)
    }

    /// Waits for this number of seconds, which may have a fraction, such as `0.05`.
    ///
    /// ```rhai
    /// sleep(0.001);
    /// ```
    #[rhai_fn(name = "sleep", volatile, return_raw, global)]
    pub fn sleep_fraction(ctx: NativeCallContext, seconds: FLOAT) -> RhaiResult<()> {
        pause(&ctx, seconds)
    }

    /// Calls the closure and returns a Document with its `value` and its duration `ms` in
    /// milliseconds.
    ///
    /// ```rhai
    /// let t = timed(|| 6 * 7);
    /// assert_eq(t.value, 42);
    /// assert(t.ms >= 0.0);
    /// ```
    #[rhai_fn(volatile, return_raw, global)]
    pub fn timed(ctx: NativeCallContext, f: FnPtr) -> RhaiResult<Document> {
        let start = Instant::now();
        let value = closure::call(&ctx, &f, [])?;
        let microseconds = start.elapsed().as_micros() as FLOAT;
        let mut timed = Document::default();
        timed.set("value", value)?;
        timed.set("ms", (microseconds / 1000.0).into())?;
        Ok(timed)
    }
}

functions! {
    /// Calls the closure again and again until it returns `true`.
    ///
    /// After this number of seconds it throws `AssertionFailed` with the last result. A failed
    /// `assert` in the closure and an error that may go away (the network, an election) count as
    /// "not yet"; other errors are thrown immediately.
    ///
    /// ```rhai
    /// let calls = 0;
    /// eventually(1, || { calls += 1; calls == 3 });
    /// assert_eq(calls, 3);
    /// ```
    function eventually(call, seconds: Seconds, function: Function) {
        let limit = call.seconds()?.unwrap_or_default();
        let function = call.function()?;
        let start = Instant::now();
        loop {
            let last = match call.invoke(&function, []) {
                Ok(value) if matches!(value.as_bool(), Ok(true)) => return Ok(Dynamic::UNIT),
                Ok(value) => value,
                Err(error) => not_yet(call, error)?,
            };
            if start.elapsed() >= limit {
                return Err(too_late(limit, &last).into());
            }
            wait(&call.session, POLL)?;
        }
    }
}

/// Returns an error that counts as "not yet" as a value; throws all others.
fn not_yet(call: &Call, error: Box<EvalAltResult>) -> RhaiResult<Dynamic> {
    let passing = match innermost(&error) {
        EvalAltResult::ErrorRuntime(value, _) => value.read_lock::<Error>().is_some_and(|error| {
            error.kind() == Kind::AssertionFailed || error.is_retryable() || error.is_network()
        }),
        _ => false,
    };
    if passing {
        call.session.caught(call.context, error)
    } else {
        Err(error)
    }
}

fn too_late(limit: Duration, last: &Dynamic) -> Error {
    let last_text = show::source(last);
    let shown: String = last_text.chars().take(2000).collect();
    let seconds = limit.as_secs_f64();
    let unit = if seconds == 1.0 { "second" } else { "seconds" };
    let error = Error::new(
        Kind::AssertionFailed,
        format!("it was not true within {seconds} {unit}; the last result was {shown}"),
    );
    if last.is_bool() || last.is::<Error>() {
        return error.hint("wait longer, or check what the closure waits for");
    }
    error.hint("the closure must return `true` or `false`")
}

fn pause(ctx: &NativeCallContext, seconds: FLOAT) -> RhaiResult<()> {
    let time = duration("sleep", seconds).map_err(|error| at_call(ctx, error))?;
    wait(&Session::of(ctx)?, time)
}
