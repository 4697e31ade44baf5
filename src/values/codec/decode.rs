//! Decodes BSON into script values, one level at a time, so that unread values are not decoded.

use bson::oid::ObjectId;
use bytes::Bytes;
use rhai::{Array, Dynamic};

use crate::error::Result;
use crate::mongo::elements::{self, Elements, kind, malformed};
use crate::values::bson_types::binary::Binary;
use crate::values::bson_types::code::Code;
use crate::values::bson_types::db_pointer::DbPointer;
use crate::values::bson_types::keys::{MaxKey, MinKey};
use crate::values::bson_types::regex::Regex;
use crate::values::bson_types::symbol::Symbol;
use crate::values::bson_types::undefined::Undefined;
use crate::values::depth::MAX_DEPTH;
use crate::values::document::Document;
use crate::values::number;

/// Returns the script value of an element. Documents in it share the memory of `owner`, which
/// contains `value`.
///
/// # Errors
/// `CommandFailed` if the bytes are not BSON.
pub fn value(kind: u8, value: &[u8], owner: &Bytes) -> Result<Dynamic> {
    value_at(kind, value, owner, 0)
}

/// Returns the value of an element inside `depth` arrays. Arrays are decoded with all their values.
fn value_at(kind: u8, value: &[u8], owner: &Bytes, depth: usize) -> Result<Dynamic> {
    Ok(match kind {
        kind::DOUBLE => Dynamic::from_float(f64::from_le_bytes(exactly(value)?)),
        kind::STRING => elements::text(value)?.into(),
        kind::DOCUMENT => Dynamic::from(Document::from_bytes(owner.slice_ref(value))?),
        kind::ARRAY => Dynamic::from_array(array_at(value, owner, depth)?),
        kind::BINARY => Dynamic::from(Binary::from_element(value)?),
        kind::UNDEFINED => Dynamic::from(Undefined),
        kind::OBJECT_ID => Dynamic::from(ObjectId::from_bytes(exactly(value)?)),
        kind::BOOLEAN => match value {
            [0] => Dynamic::FALSE,
            [1] => Dynamic::TRUE,
            _ => return Err(malformed("a boolean is neither 0 nor 1")),
        },
        kind::DATE_TIME => Dynamic::from(bson::DateTime::from_millis(i64::from_le_bytes(exactly(
            value,
        )?))),
        kind::NULL => Dynamic::UNIT,
        kind::REGEX => {
            let (pattern, rest) = elements::cstring(value)?;
            let (options, _) = elements::cstring(rest)?;
            Dynamic::from(Regex::new(pattern, options))
        }
        kind::DB_POINTER => {
            let (namespace, id) = value.split_at(value.len().saturating_sub(12));
            Dynamic::from(DbPointer::new(
                elements::text(namespace)?,
                ObjectId::from_bytes(exactly(id)?),
            ))
        }
        kind::CODE => Dynamic::from(Code::new(elements::text(value)?, None)),
        kind::SYMBOL => Dynamic::from(Symbol::new(elements::text(value)?)),
        kind::CODE_WITH_SCOPE => Dynamic::from(code_with_scope(value, owner)?),
        kind::INT32 => Dynamic::from_int(i32::from_le_bytes(exactly(value)?).into()),
        kind::TIMESTAMP => {
            let [i0, i1, i2, i3, t0, t1, t2, t3] = exactly(value)?;
            Dynamic::from(bson::Timestamp {
                time: u32::from_le_bytes([t0, t1, t2, t3]),
                increment: u32::from_le_bytes([i0, i1, i2, i3]),
            })
        }
        kind::INT64 => number::int64(i64::from_le_bytes(exactly(value)?)),
        kind::DECIMAL128 => Dynamic::from(bson::Decimal128::from_bytes(exactly(value)?)),
        kind::MAX_KEY => Dynamic::from(MaxKey),
        kind::MIN_KEY => Dynamic::from(MinKey),
        other => return Err(malformed(&format!("unknown BSON type {other:#04x}"))),
    })
}

/// Returns the script array of a BSON array. Its documents stay undecoded.
pub fn array(bytes: &[u8], owner: &Bytes) -> Result<Array> {
    array_at(bytes, owner, 0)
}

fn array_at(bytes: &[u8], owner: &Bytes, depth: usize) -> Result<Array> {
    // A server accepts 200 levels. More levels could use up the whole stack.
    if depth >= MAX_DEPTH {
        return Err(malformed(&format!(
            "arrays are nested more than {MAX_DEPTH} levels deep"
        )));
    }
    Elements::new(bytes)?
        .map(|element| {
            let element = element?;
            value_at(element.kind, element.value, owner, depth + 1)
        })
        .collect()
}

fn code_with_scope(bytes: &[u8], owner: &Bytes) -> Result<Code> {
    let text_length = 4 + elements::length_at(bytes, 4)?;
    let (text, scope) = bytes
        .get(4..)
        .and_then(|rest| rest.split_at_checked(text_length))
        .ok_or_else(|| malformed("code with a scope is too short"))?;
    let scope = Document::from_bytes(owner.slice_ref(scope))?;
    Ok(Code::new(elements::text(text)?, Some(scope)))
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes
        .try_into()
        .map_err(|_| malformed("a value has the wrong length"))
}
