//! `Int32`, `Int64` and `Double`: numbers with an explicit BSON type.

use rhai::plugin::*;
use rhai::{FLOAT, INT};

use crate::error::{Error, Result};
use crate::values::thrown::{RhaiResult, at_call};
use crate::values::{decimal, number};

pub(super) fn register(module: &mut Module) {
    combine_with_exported_module!(module, "numbers", number_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod number_functions {
    /// Returns an integer that is stored as an Int32, from a number, a Decimal128 or a string.
    ///
    /// ```rhai
    /// assert_eq(Int32("5") + 1, 6);
    /// ```
    #[rhai_fn(name = "Int32", return_raw, global)]
    pub(crate) fn new_int32(ctx: NativeCallContext, value: Dynamic) -> RhaiResult<Dynamic> {
        let int = whole("Int32", &value)
            .and_then(|int| i32::try_from(int).map_err(|_| out_of_range("Int32", &value)));
        int.map(number::int32).map_err(|error| at_call(&ctx, error))
    }

    /// Returns an integer that is stored as an Int64 even if it is small, from a number, a
    /// Decimal128 or a string.
    ///
    /// ```rhai
    /// assert_eq(Int64(5) + 1, 6);
    /// assert_eq(`${#{ n: Int64(5) }}`, "#{ n: Int64(5) }");
    /// ```
    #[rhai_fn(name = "Int64", return_raw, global)]
    pub(crate) fn new_int64(ctx: NativeCallContext, value: Dynamic) -> RhaiResult<Dynamic> {
        whole("Int64", &value)
            .map(number::int64)
            .map_err(|error| at_call(&ctx, error))
    }

    /// Returns a float, which is stored as a Double, from a number, a Decimal128 or a string such
    /// as `"NaN"`, `"Infinity"` or `"-Infinity"`.
    ///
    /// ```rhai
    /// assert_eq(Double(5), 5.0);
    /// assert_eq([Double("NaN")], [Double("NaN")]);
    /// ```
    #[rhai_fn(name = "Double", return_raw, global)]
    pub(crate) fn new_double(ctx: NativeCallContext, value: Dynamic) -> RhaiResult<FLOAT> {
        float(&value).map_err(|error| at_call(&ctx, error))
    }
}

fn whole(name: &str, value: &Dynamic) -> Result<INT> {
    if let Some(int) = value.read_lock::<INT>() {
        return Ok(*int);
    }
    if let Some(float) = value.read_lock::<FLOAT>() {
        // 2^63 is the first float that an integer cannot hold.
        let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&*float);
        return if fits {
            Ok(*float as INT)
        } else {
            Err(out_of_range(name, value))
        };
    }
    if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
        return decimal::to_int(&decimal).ok_or_else(|| out_of_range(name, value));
    }
    let text = text_of(name, value)?;
    text.trim().parse().map_err(|_| out_of_range(name, value))
}

fn float(value: &Dynamic) -> Result<FLOAT> {
    if let Some(int) = value.read_lock::<INT>() {
        return Ok(*int as FLOAT);
    }
    if let Some(float) = value.read_lock::<FLOAT>() {
        return Ok(*float);
    }
    if let Some(decimal) = value.read_lock::<bson::Decimal128>() {
        return Ok(decimal::to_float(&decimal));
    }
    let text = text_of("Double", value)?;
    text.trim().parse().map_err(|_| {
        Error::invalid_argument(format!("`{}` is not a number", shortened(&text)))
            .hint("write digits with a point, `NaN`, `Infinity` or `-Infinity`")
    })
}

fn text_of(name: &str, value: &Dynamic) -> Result<String> {
    let text = value
        .read_lock::<rhai::ImmutableString>()
        .map(|text| text.to_string());
    text.ok_or_else(|| {
        let given = crate::values::type_name::of(value);
        Error::invalid_argument(format!("`{name}` cannot be made from {given}"))
            .hint("use a number, or a string with a number")
    })
}

fn out_of_range(name: &str, value: &Dynamic) -> Error {
    let shown = shortened(&crate::values::show::print_text(value));
    let (low, high) = match name {
        "Int32" => (INT::from(i32::MIN), INT::from(i32::MAX)),
        _ => (INT::MIN, INT::MAX),
    };
    Error::invalid_argument(format!("`{shown}` is not an {name}"))
        .hint(format!("an {name} is a whole number from {low} to {high}"))
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
