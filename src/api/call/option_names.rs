//! Options may be written as in PyMongo (`max_time_ms`) or as in MongoDB's manual (`maxTimeMS`), at
//! every depth. Data, filters, pipelines and commands are never renamed.

use rhai::Dynamic;

use super::value_type::ValueType;
use crate::error::{Error, Result};
use crate::mongo::camel_case;
use crate::values::document::Document;

/// Options with fields of their own that go to the server as they are, so in `camelCase`.
const FOR_THE_SERVER: [&str; 4] = [
    "collation",
    "timeseries",
    "clustered_index",
    "change_stream_pre_and_post_images",
];

/// The fields of `write_concern`, `read_concern` and `read_preference`, which this program reads.
const CONCERNS: [(&str, &[&str]); 3] = [
    ("write_concern", &["w", "wtimeout", "j"]),
    ("read_concern", &["level"]),
    (
        "read_preference",
        &["mode", "tags", "max_staleness_seconds"],
    ),
];

/// Returns this program's name for an option or a field that is written as in the manual.
pub(crate) fn our_name(written: &str, mut known: impl Iterator<Item = &'static str>) -> &str {
    known
        .find(|name| *name == written || camel_case(name) == written)
        .unwrap_or(written)
}

/// Returns a document whose fields have this program's names.
pub(crate) fn renamed(document: &Document, known: &[&'static str]) -> Result<Document> {
    let mut renamed = Document::default();
    for (name, value) in document.entries()? {
        renamed.set(our_name(&name, known.iter().copied()), value)?;
    }
    Ok(renamed)
}

/// Returns options with this program's names.
///
/// # Errors
/// `InvalidArgument` if an option is given under both names.
pub(crate) fn with_our_names(
    function: &str,
    options: &Document,
    known: ValueType,
) -> Result<Document> {
    let mut renamed = Document::default();
    for (name, value) in options.entries()? {
        let ours = our_name(&name, known.options().map(|option| option.name));
        if renamed.contains(ours)? {
            return Err(Error::invalid_argument(format!(
                "`{function}` has the option `{ours}` twice"
            ))
            .hint(format!("leave out `{}`", camel_case(ours))));
        }
        renamed.set(ours, with_field_names(ours, value)?)?;
    }
    Ok(renamed)
}

/// Renames the fields of an option's value.
fn with_field_names(option: &str, value: Dynamic) -> Result<Dynamic> {
    let concern = CONCERNS.iter().find(|(name, _)| *name == option);
    let Some(document) = value.read_lock::<Document>().map(|value| value.clone()) else {
        return Ok(value);
    };
    if let Some((_, fields)) = concern {
        return Ok(Dynamic::from(renamed(&document, fields)?));
    }
    if !FOR_THE_SERVER.contains(&option) {
        return Ok(value);
    }
    let mut for_server = Document::default();
    for (name, value) in document.entries()? {
        for_server.set(&camel_case(&name), value)?;
    }
    Ok(Dynamic::from(for_server))
}
