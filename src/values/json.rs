//! The functions for JSON and MongoDB Extended JSON.

use rhai::Map;
use rhai::plugin::*;

use super::document::Document;
use super::ejson;
use super::thrown::{RhaiResult, at_call};
use crate::error::Error;
use crate::values::ejson::write::Mode;

pub fn register(module: &mut Module) {
    combine_with_exported_module!(module, "json", json_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod json_functions {
    /// Returns the value as relaxed Extended JSON, which is easy to read but does not keep integer
    /// widths.
    ///
    /// ```rhai
    /// assert_eq(ejson(#{ b: 1, a: DateTime(0) }), `{"b":1,"a":{"$date":"1970-01-01T00:00:00Z"}}`);
    /// ```
    #[rhai_fn(name = "ejson", return_raw, global)]
    pub fn ejson_relaxed(ctx: NativeCallContext, value: Dynamic) -> RhaiResult<String> {
        ejson::relaxed(&value).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the value as Extended JSON in the mode `"relaxed"` or `"canonical"`.
    ///
    /// The canonical mode keeps every type.
    ///
    /// ```rhai
    /// assert_eq(ejson(#{ n: 1 }, "canonical"), `{"n":{"$numberInt":"1"}}`);
    /// ```
    #[rhai_fn(name = "ejson", return_raw, global)]
    pub fn ejson_in_mode(ctx: NativeCallContext, value: Dynamic, mode: &str) -> RhaiResult<String> {
        let mode = match mode {
            "relaxed" => Mode::Relaxed,
            "canonical" => Mode::Canonical,
            other => {
                let error = Error::invalid_argument(format!("Extended JSON has no mode `{other}`"))
                    .hint("the modes are `relaxed` and `canonical`");
                return Err(at_call(&ctx, error));
            }
        };
        ejson::write(&value, mode).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the value of an Extended JSON text, with its types and the order of its fields.
    ///
    /// A literal of mongosh or Python is read too: `{ name: 'Ada', at: ISODate("2026-01-31") }`.
    ///
    /// ```rhai
    /// assert_eq(parse_ejson(`{"_id":{"$oid":"65b2f0a1c3d4e5f601234567"}}`)._id, ObjectId("65b2f0a1c3d4e5f601234567"));
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn parse_ejson(ctx: NativeCallContext, text: &str) -> RhaiResult<Dynamic> {
        ejson::parse(text).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the value of a plain JSON text.
    ///
    /// Objects become Documents, which keep the order of their fields.
    ///
    /// ```rhai
    /// assert_eq(parse_json(`{"b":1,"a":[null]}`), #{ b: 1, a: [()] });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn parse_json(ctx: NativeCallContext, text: &str) -> RhaiResult<Dynamic> {
        ejson::parse_plain(text).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the document as JSON.
    ///
    /// Types that JSON does not have are written as relaxed Extended JSON.
    ///
    /// ```rhai
    /// assert_eq(#{ b: 1, a: 2.5 }.to_json(), `{"b":1,"a":2.5}`);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn to_json(ctx: NativeCallContext, document: &mut Document) -> RhaiResult<String> {
        ejson::relaxed(&Dynamic::from(document.clone())).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the object map as JSON.
    ///
    /// ```rhai
    /// let map = #{ f: |x| x };
    /// map.remove("f");
    /// assert_eq(map.to_json(), "{}");
    /// ```
    #[rhai_fn(name = "to_json", pure, return_raw, global)]
    pub fn map_to_json(ctx: NativeCallContext, map: &mut Map) -> RhaiResult<String> {
        ejson::relaxed(&Dynamic::from(map.clone())).map_err(|error| at_call(&ctx, error))
    }
}
