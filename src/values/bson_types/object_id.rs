//! `ObjectId`: twelve bytes that identify a document, made of a time, a random value and a counter.

use bson::oid::ObjectId;
use rhai::plugin::*;

use crate::error::{Error, Kind};
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    module.set_custom_type::<ObjectId>("ObjectId");
    combine_with_exported_module!(module, "object_id", object_id_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod object_id_functions {
    /// Returns a new unique ObjectId.
    ///
    /// ```rhai
    /// assert(ObjectId() != ObjectId());
    /// ```
    #[rhai_fn(name = "ObjectId", volatile, global)]
    pub fn new_object_id() -> ObjectId {
        ObjectId::new()
    }

    /// Returns the ObjectId with these 24 hexadecimal digits.
    ///
    /// Throws `InvalidId` if the text is not an ObjectId.
    ///
    /// ```rhai
    /// assert_eq(ObjectId("65b2f0a1c3d4e5f601234567").to_hex(), "65b2f0a1c3d4e5f601234567");
    /// ```
    #[rhai_fn(name = "ObjectId", return_raw, global)]
    pub fn parse_object_id(ctx: NativeCallContext, hex: &str) -> RhaiResult<ObjectId> {
        parse(hex).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the time when the ObjectId was made, to the second.
    ///
    /// ```rhai
    /// assert_eq(ObjectId("65b2f0a1c3d4e5f601234567").timestamp, DateTime("2024-01-25T23:37:05Z"));
    /// ```
    #[rhai_fn(get = "timestamp", pure, global)]
    pub fn timestamp(id: &mut ObjectId) -> bson::DateTime {
        id.timestamp()
    }

    /// Returns the 24 hexadecimal digits.
    ///
    /// ```rhai
    /// assert_eq(ObjectId().to_hex().len(), 24);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn to_hex(id: &mut ObjectId) -> String {
        id.to_hex()
    }
}

/// Reads an ObjectId.
///
/// # Errors
/// `InvalidId` if the text is not an ObjectId.
pub fn parse(hex: &str) -> crate::error::Result<ObjectId> {
    ObjectId::parse_str(hex).map_err(|_| {
        let shown: String = hex.chars().take(40).collect();
        Error::new(Kind::InvalidId, format!("`{shown}` is not an ObjectId"))
            .hint("an ObjectId is written with 24 hexadecimal digits; `ObjectId()` makes a new one")
    })
}
