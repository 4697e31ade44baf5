//! The driver's values as scripts see them, by way of their bytes.

use bson::{Bson, RawDocumentBuf};
use bytes::Bytes;
use rhai::Dynamic;

use crate::api::document::Document;
use crate::error::{Error, Result};

/// A document of the driver's as a script's Document.
///
/// # Errors
/// `CommandFailed` where it cannot be written as BSON.
pub fn document(document: &bson::Document) -> Result<Document> {
    let raw = RawDocumentBuf::try_from(document).map_err(|error| {
        let message = format!("a document cannot be read: {error}");
        Error::new(crate::error::Kind::CommandFailed, message)
    })?;
    Document::from_bytes(Bytes::from(raw.into_bytes()))
}

/// A value of the driver's as scripts see it.
///
/// # Errors
/// `CommandFailed` where it cannot be written as BSON.
pub fn value(value: &Bson) -> Result<Dynamic> {
    let wrapped = document(&bson::doc! { "value": value.clone() })?;
    Ok(wrapped.get("value")?.unwrap_or(Dynamic::UNIT))
}
