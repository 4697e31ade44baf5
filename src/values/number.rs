//! How a plain script number remembers which BSON width it has.
//!
//! Rhai has one integer type. A value read from an Int64 field carries a tag, which Rhai copies along and arithmetic
//! in place keeps; writing it back looks at the tag, so that `doc.n` read and written again does not change its type.

use rhai::{Dynamic, INT};

use crate::mongo::elements::kind;

/// The tag of an integer that is an Int32 outright (`Int32(5)`).
pub const INT32: i32 = kind::INT32 as i32;
/// The tag of an integer that is an Int64 outright (`Int64(5)`), or was read from one.
pub const INT64: i32 = kind::INT64 as i32;

/// An integer that goes back to the server as an Int64, however small it is.
pub fn int64(value: INT) -> Dynamic {
    tagged(value, INT64)
}

/// An integer that overrides the type of an Int64 field it is assigned to.
pub fn int32(value: i32) -> Dynamic {
    tagged(INT::from(value), INT32)
}

fn tagged(value: INT, tag: i32) -> Dynamic {
    let mut value = Dynamic::from_int(value);
    value.set_tag(tag);
    value
}

/// The Int32 that this integer is stored as, or `None` where it is stored as an Int64.
pub fn as_int32(value: INT, tag: i32) -> Option<i32> {
    if tag == INT64 {
        return None;
    }
    i32::try_from(value).ok()
}

/// Whether a value is an integer without a width of its own.
pub fn is_plain(value: &Dynamic) -> bool {
    value.is_int() && value.tag() != INT32 && value.tag() != INT64
}
