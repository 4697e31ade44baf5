//! The BSON width of script integers.
//!
//! Rhai has one integer type. A value read from an Int64 field has a tag, which Rhai copies with
//! the value and keeps in arithmetic that assigns in place. The encoder reads the tag, so that
//! `doc.n` keeps its type when it is read and written again.

use rhai::{Dynamic, INT};

use crate::mongo::elements::kind;

/// The tag of an explicit Int32 (`Int32(5)`).
pub const INT32: i32 = kind::INT32 as i32;
/// The tag of an explicit Int64 (`Int64(5)`), or of one that was read.
pub const INT64: i32 = kind::INT64 as i32;

/// Returns an integer that is stored as an Int64, even if it is small.
pub fn int64(value: INT) -> Dynamic {
    tagged(value, INT64)
}

/// Returns an integer that is stored as an Int32, even if it is assigned to an Int64 field.
pub fn int32(value: i32) -> Dynamic {
    tagged(INT::from(value), INT32)
}

fn tagged(value: INT, tag: i32) -> Dynamic {
    let mut value = Dynamic::from_int(value);
    value.set_tag(tag);
    value
}

/// Returns the Int32 that this integer is stored as, or `None` if it is stored as an Int64.
pub fn as_int32(value: INT, tag: i32) -> Option<i32> {
    if tag == INT64 {
        return None;
    }
    i32::try_from(value).ok()
}

/// Returns whether a value is an integer without an explicit width.
pub fn is_plain(value: &Dynamic) -> bool {
    value.is_int() && value.tag() != INT32 && value.tag() != INT64
}
