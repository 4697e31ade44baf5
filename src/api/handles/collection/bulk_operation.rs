//! One operation of a bulk write: converts the form that scripts use into the form of the server.

use bson::{Bson, Document as BsonDocument};
use rhai::Dynamic;

use super::inserted::{MAX_DOCUMENT, append_with_id, check_size};
use super::{check_replacement, check_update};
use crate::api::call::{our_name, renamed};
use crate::error::nearest;
use crate::error::{Error, Kind, Result};
use crate::mongo::elements::{Elements, kind};
use crate::mongo::{BulkOperations, WriteKind};
use crate::values::codec::encode;
use crate::values::document::Document;
use crate::values::type_name;

const OPERATIONS: &[&str] = &[
    "insert_one",
    "update_one",
    "update_many",
    "replace_one",
    "delete_one",
    "delete_many",
];
const INSERT: &[&str] = &["document"];
const UPDATE_ONE: &[&str] = &[
    "filter",
    "update",
    "array_filters",
    "collation",
    "hint",
    "sort",
    "upsert",
];
const UPDATE_MANY: &[&str] = &[
    "filter",
    "update",
    "array_filters",
    "collation",
    "hint",
    "upsert",
];
const REPLACE: &[&str] = &[
    "filter",
    "replacement",
    "collation",
    "hint",
    "sort",
    "upsert",
];
const DELETE: &[&str] = &["filter", "collation", "hint"];

/// The server accepts an operation that is larger than its document by this many bytes.
const OVERHEAD: usize = 8 * 1024;

/// Appends one operation of a script to the others. Returns the `_id` of an insert.
///
/// # Errors
/// `InvalidArgument` or `DocumentTooLarge`, with the position in the array of operations.
pub fn append(operations: &mut BulkOperations, operation: &Document) -> Result<Option<Dynamic>> {
    let index = operations.len();
    let entries = operation.entries()?;
    let [(name, body)] = entries.as_slice() else {
        return Err(Error::invalid_argument(format!(
            "`operations[{index}]` has {} fields, but an operation has one: its name",
            entries.len()
        ))
        .hint("write `#{ insert_one: #{ document: … } }`, with one Document for each operation"));
    };
    let name = our_name(name, OPERATIONS.iter().copied());
    let place = OperationPlace { index, name };
    let kind = place.kind()?;
    let body = renamed(&place.body(body)?, place.field_names())?;
    place.check_names(&body)?;
    let id = match kind {
        WriteKind::Insert => Some(place.insert(operations.buffer(), &body)?),
        WriteKind::UpdateOne | WriteKind::UpdateMany => {
            place.update(operations.buffer(), &body, kind)?;
            None
        }
        WriteKind::DeleteOne | WriteKind::DeleteMany => {
            place.delete(operations.buffer(), &body, kind)?;
            None
        }
    };
    operations.push(kind);
    Ok(id)
}

/// The operation that is being read, for error messages.
struct OperationPlace<'a> {
    index: usize,
    name: &'a str,
}

impl OperationPlace<'_> {
    fn kind(&self) -> Result<WriteKind> {
        Ok(match self.name {
            "insert_one" => WriteKind::Insert,
            "update_one" | "replace_one" => WriteKind::UpdateOne,
            "update_many" => WriteKind::UpdateMany,
            "delete_one" => WriteKind::DeleteOne,
            "delete_many" => WriteKind::DeleteMany,
            unknown => {
                let error = Error::invalid_argument(format!(
                    "`operations[{}].{unknown}`: unknown operation",
                    self.index
                ));
                return Err(match nearest(unknown, OPERATIONS.iter().copied()) {
                    Some(name) => error.hint(format!("did you mean `{name}`?")),
                    None => error.hint(format!("the operations are {}", OPERATIONS.join(", "))),
                });
            }
        })
    }

    fn field_names(&self) -> &'static [&'static str] {
        match self.name {
            "insert_one" => INSERT,
            "update_one" => UPDATE_ONE,
            "update_many" => UPDATE_MANY,
            "replace_one" => REPLACE,
            _ => DELETE,
        }
    }

    fn path(&self, field: &str) -> String {
        format!("operations[{}].{}.{field}", self.index, self.name)
    }

    fn body(&self, body: &Dynamic) -> Result<Document> {
        document_of(body).ok_or_else(|| {
            Error::invalid_argument(format!(
                "`operations[{}].{}` is {}, expected a Document",
                self.index,
                self.name,
                type_name::of(body)
            ))
            .hint(format!("it takes {}", self.field_names().join(", ")))
        })
    }

    fn check_names(&self, body: &Document) -> Result<()> {
        let known = self.field_names();
        let names = body.keys()?;
        let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) else {
            return Ok(());
        };
        let path = self.path(unknown);
        let error = Error::invalid_argument(format!("`{path}`: unknown field of `{}`", self.name));
        Err(match nearest(unknown, known.iter().copied()) {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error.hint(format!("it takes {}", known.join(", "))),
        })
    }

    fn insert(&self, bytes: &mut Vec<u8>, body: &Document) -> Result<Dynamic> {
        let document = self.document(body, "document")?;
        append_with_id(bytes, &document).map_err(|error| self.within("document", error))
    }

    fn update(&self, bytes: &mut Vec<u8>, body: &Document, write: WriteKind) -> Result<()> {
        let start = open(bytes);
        self.filter(bytes, body)?;
        if self.name == "replace_one" {
            self.replacement(bytes, body)?;
        } else {
            self.modifications(bytes, body)?;
        }
        if write.is_many() {
            encode::append_field(bytes, "multi", &Dynamic::TRUE)?;
        }
        self.flag(bytes, body, "upsert")?;
        self.array(bytes, body, "array_filters", "arrayFilters")?;
        self.rest(bytes, body)?;
        self.close(bytes, start)
    }

    fn delete(&self, bytes: &mut Vec<u8>, body: &Document, write: WriteKind) -> Result<()> {
        let start = open(bytes);
        self.filter(bytes, body)?;
        let limit = i64::from(!write.is_many());
        encode::append_field(bytes, "limit", &limit.into())?;
        self.rest(bytes, body)?;
        self.close(bytes, start)
    }

    fn filter(&self, bytes: &mut Vec<u8>, body: &Document) -> Result<()> {
        let filter = self.document(body, "filter")?;
        self.field(bytes, "filter", "q", &Dynamic::from(filter))
    }

    fn replacement(&self, bytes: &mut Vec<u8>, body: &Document) -> Result<()> {
        let replacement = self.document(body, "replacement")?;
        let start = bytes.len() + VALUE;
        self.field(bytes, "replacement", "u", &Dynamic::from(replacement))?;
        let written = &bytes[start..];
        let checked = check_size(written.len()).and_then(|()| {
            match first_name(written, |name| name.starts_with(b"$"))? {
                Some(name) => check_replacement(&BsonDocument::from_iter([(name, Bson::Null)])),
                None => Ok(()),
            }
        });
        checked.map_err(|error| self.within("replacement", error))
    }

    /// Writes update operators or a pipeline.
    fn modifications(&self, bytes: &mut Vec<u8>, body: &Document) -> Result<()> {
        let update = body.get("update")?.unwrap_or(Dynamic::UNIT);
        let is_document = update.is::<Document>() || update.is_map();
        if !is_document && !update.is_array() {
            let expected = "a Document with update operators, or a pipeline";
            return Err(self.wrong("update", expected, &update));
        }
        let start = bytes.len() + VALUE;
        self.field(bytes, "update", "u", &update)?;
        check_written(&bytes[start..], is_document).map_err(|error| self.within("update", error))
    }

    fn flag(&self, bytes: &mut Vec<u8>, body: &Document, name: &str) -> Result<()> {
        match body.get(name)? {
            Some(value) if value.is_bool() => self.field(bytes, name, name, &value),
            Some(value) if !value.is_unit() => Err(self.wrong(name, "`true` or `false`", &value)),
            _ => Ok(()),
        }
    }

    fn array(&self, bytes: &mut Vec<u8>, body: &Document, name: &str, to: &str) -> Result<()> {
        match body.get(name)? {
            Some(value) if value.is_array() => self.field(bytes, name, to, &value),
            Some(value) if !value.is_unit() => {
                Err(self.wrong(name, "an array of Documents", &value))
            }
            _ => Ok(()),
        }
    }

    /// Writes the options that updates and deletes share.
    fn rest(&self, bytes: &mut Vec<u8>, body: &Document) -> Result<()> {
        for name in ["collation", "sort"] {
            match body.get(name)?.filter(|value| !value.is_unit()) {
                Some(value) if document_of(&value).is_none() => {
                    return Err(self.wrong(name, "a Document", &value));
                }
                Some(value) => self.field(bytes, name, name, &value)?,
                None => {}
            }
        }
        match body.get("hint")?.filter(|value| !value.is_unit()) {
            Some(hint) if !hint.is_string() && document_of(&hint).is_none() => {
                Err(self.wrong("hint", "an index's name or its keys", &hint))
            }
            Some(hint) => self.field(bytes, "hint", "hint", &hint),
            None => Ok(()),
        }
    }

    fn field(&self, bytes: &mut Vec<u8>, name: &str, to: &str, value: &Dynamic) -> Result<()> {
        encode::append_field(bytes, to, value).map_err(|error| self.within(name, error))
    }

    fn document(&self, body: &Document, name: &str) -> Result<Document> {
        let value = body.get(name)?.unwrap_or(Dynamic::UNIT);
        document_of(&value)
            .ok_or_else(|| self.wrong(name, "a Document such as `#{ a: 1 }`", &value))
    }

    fn close(&self, bytes: &mut Vec<u8>, start: usize) -> Result<()> {
        bytes.push(0);
        let size = bytes.len() - start;
        if size > MAX_DOCUMENT + OVERHEAD {
            return Err(Error::new(
                Kind::DocumentTooLarge,
                format!(
                    "`operations[{}].{}` has {size} bytes, and MongoDB accepts at most {MAX_DOCUMENT}",
                    self.index, self.name
                ),
            )
            .hint("split it into several operations"));
        }
        bytes[start..start + 4].copy_from_slice(&(size as i32).to_le_bytes());
        Ok(())
    }

    fn wrong(&self, field: &str, expected: &str, got: &Dynamic) -> Error {
        let path = self.path(field);
        if got.is_unit() {
            return Error::invalid_argument(format!("`{path}` is missing, expected {expected}"))
                .hint(format!(
                    "`{}` takes {}",
                    self.name,
                    self.field_names().join(", ")
                ));
        }
        Error::invalid_argument(format!(
            "`{path}` is {}, expected {expected}",
            type_name::of(got)
        ))
        .hint("`help(\"bulk_write\")` shows how it is called")
    }

    /// An error of a part, with the place of the part.
    fn within(&self, field: &str, error: Error) -> Error {
        error.context(|message| format!("`{}`: {message}", self.path(field)))
    }
}

/// The bytes before the value of the field `q` or `u`: its type, its name and a zero.
const VALUE: usize = 3;

fn open(bytes: &mut Vec<u8>) -> usize {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    start
}

fn document_of(value: &Dynamic) -> Option<Document> {
    if let Some(document) = value.read_lock::<Document>() {
        return Some(document.clone());
    }
    value.read_lock::<rhai::Map>().map(|map| map.clone().into())
}

fn first_name(document: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Result<Option<String>> {
    for element in Elements::new(document)? {
        let element = element?;
        if wanted(element.key) {
            return Ok(Some(element.name()?.to_owned()));
        }
    }
    Ok(None)
}

/// Checks an update that is already encoded. It is decoded only to make an error.
fn check_written(update: &[u8], is_document: bool) -> Result<()> {
    let mut elements = Elements::new(update)?.peekable();
    if elements.peek().is_none() {
        let empty = if is_document {
            Bson::Document(BsonDocument::new())
        } else {
            Bson::Array(Vec::new())
        };
        return check_update(&empty);
    }
    if is_document {
        return match first_name(update, |name| !name.starts_with(b"$"))? {
            Some(name) => check_update(&Bson::Document(BsonDocument::from_iter([(
                name,
                Bson::Null,
            )]))),
            None => Ok(()),
        };
    }
    for element in elements {
        if element?.kind != kind::DOCUMENT {
            return Err(
                Error::invalid_argument("a stage of the pipeline is not a Document")
                    .hint("write `[#{ \"$set\": #{ … } }]`"),
            );
        }
    }
    Ok(())
}
