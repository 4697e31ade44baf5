//! Converts between script values and the driver's documents, for small values: filters, options,
//! replies.

use bson::raw::RawDocumentBuf;
use bson::{Bson, Document as BsonDocument, RawDocument};
use bytes::Bytes;
use rhai::{Array, Dynamic};

use super::decode;
use crate::error::{Error, Result};
use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

/// Returns a script's document as a document of the driver.
///
/// # Errors
/// `InvalidArgument` with the path of a value that is not BSON.
pub fn to_bson(document: &Document) -> Result<BsonDocument> {
    let bytes = document.to_bytes()?;
    RawDocument::from_bytes(&bytes)
        .and_then(BsonDocument::try_from)
        .map_err(|error| not_bson(&error))
}

/// Returns a script value as a value of the driver.
pub fn to_bson_value(value: Dynamic) -> Result<Bson> {
    let holder = of_pairs([("value", value)]);
    Ok(to_bson(&holder)?.remove("value").unwrap_or(Bson::Null))
}

/// Returns a script's document as an undecoded document of the driver.
pub fn to_raw(document: &Document) -> Result<RawDocumentBuf> {
    RawDocumentBuf::from_bytes(document.to_bytes()?.to_vec()).map_err(|error| not_bson(&error))
}

/// Returns a document of the driver as a script's document, undecoded.
pub fn of_raw(raw: RawDocumentBuf) -> Result<Document> {
    Document::from_bytes(Bytes::from(raw.into_bytes()))
}

/// Returns a document of the driver as a script's document.
pub fn of_bson(document: &BsonDocument) -> Result<Document> {
    let bytes = bson::serialize_to_vec(document).map_err(|error| not_bson(&error))?;
    Document::from_bytes(Bytes::from(bytes))
}

/// Returns a value of the driver as a script value.
pub fn of_bson_value(value: &Bson) -> Result<Dynamic> {
    if let Bson::Document(document) = value {
        return of_bson(document).map(Dynamic::from);
    }
    let holder = BsonDocument::from_iter([("value".to_owned(), value.clone())]);
    Ok(of_bson(&holder)?.get("value")?.unwrap_or(Dynamic::UNIT))
}

/// Returns documents of the driver as a script array.
pub fn of_documents<'a>(documents: impl IntoIterator<Item = &'a BsonDocument>) -> Result<Array> {
    documents
        .into_iter()
        .map(|document| of_bson(document).map(Dynamic::from))
        .collect()
}

/// Returns a document with the given fields, in order.
pub fn of_pairs<const N: usize>(pairs: [(&str, Dynamic); N]) -> Document {
    let fields: Fields = pairs
        .into_iter()
        .map(|(name, value)| (name.into(), Slot::Value(value)))
        .collect();
    Document::from_fields(fields)
}

/// Returns a number from the server as an integer. In theory it can be too large.
pub fn count(value: u64) -> Dynamic {
    Dynamic::from_int(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Returns the script value of a single BSON value.
pub fn of_element(kind: u8, bytes: Bytes) -> Result<Dynamic> {
    decode::value(kind, &bytes, &bytes)
}

fn not_bson(error: &bson::error::Error) -> Error {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    Error::invalid_argument(format!("a document is not BSON: {first}"))
}
