use bson::{Bson, Document};

use super::lists::FORBIDDEN_OPERATORS;
use crate::error::{Error, Result};

/// The hint of every refusal.
const WAY_OUT: &str = "confined scripts can only do what is known to be safe; `--trust`, or `run` without `--confined`, \
                       removes this limit";

/// Returns the error for a refused action: what, and why.
pub(super) fn refused(what: &str, why: &str) -> Error {
    Error::invalid_argument(format!("a confined script may not {what}: {why}")).hint(WAY_OUT)
}

/// Checks a document for operators that are refused everywhere.
pub(super) fn in_document(document: &Document) -> Result<()> {
    document.iter().try_for_each(|(key, value)| {
        operator(key)?;
        in_value(value)
    })
}

/// Does the same for any value.
fn in_value(value: &Bson) -> Result<()> {
    match value {
        Bson::Document(document) => in_document(document),
        Bson::Array(values) => values.iter().try_for_each(in_value),
        _ => Ok(()),
    }
}

fn operator(key: &str) -> Result<()> {
    if !key.starts_with('$') {
        return Ok(());
    }
    let internal = "it is for the server's own use";
    let known = FORBIDDEN_OPERATORS.iter().find(|entry| entry.name == key);
    let why = match known {
        Some(entry) => entry.why,
        None if key.starts_with("$_") => internal,
        None => return Ok(()),
    };
    Err(refused(&format!("use `{key}`"), why))
}
