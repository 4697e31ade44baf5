//! A document that is inserted: its BSON, its size and its `_id`.

use bson::oid::ObjectId;
use rhai::Dynamic;

use crate::error::{Error, Kind, Result};
use crate::mongo::elements::kind;
use crate::values::codec::encode;
use crate::values::document::Document;

/// The largest document that MongoDB accepts, in bytes.
pub(super) const MAX_DOCUMENT: usize = 16 * 1024 * 1024;

/// Appends the BSON of a document to `bytes` and returns its `_id`. A document without `_id` gets a
/// new ObjectId as its first field.
///
/// The driver does not make the `_id`s, because it would make new ones when it retries an insert.
///
/// # Errors
/// `InvalidArgument` with the path of a value that is not BSON; `DocumentTooLarge`.
pub(super) fn append_with_id(bytes: &mut Vec<u8>, document: &Document) -> Result<Dynamic> {
    let start = bytes.len();
    encode::append(bytes, document)?;
    let size = bytes.len() - start;
    check_size(size)?;
    if let Some(id) = document.get("_id")? {
        return Ok(id);
    }
    let id = ObjectId::new();
    let mut field = [0; 17];
    field[0] = kind::OBJECT_ID;
    field[1..5].copy_from_slice(b"_id\0");
    field[5..].copy_from_slice(&id.bytes());
    let length = (size + field.len()) as i32;
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    bytes.splice(start + 4..start + 4, field);
    Ok(Dynamic::from(id))
}

pub(super) fn check_size(size: usize) -> Result<()> {
    if size <= MAX_DOCUMENT {
        return Ok(());
    }
    Err(Error::new(
        Kind::DocumentTooLarge,
        format!("the document has {size} bytes, and MongoDB accepts at most {MAX_DOCUMENT}"),
    )
    .hint("split it, or store large parts in separate documents"))
}
