//! Reads Extended JSON and plain JSON.

use rhai::{Array, Dynamic, ImmutableString};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};
use crate::translate::extended_json;
use crate::values::bson_types::binary::{parse as parse_binary, uuid as parse_uuid};
use crate::values::bson_types::code::Code;
use crate::values::bson_types::db_pointer::DbPointer;
use crate::values::bson_types::decimal128::parse as parse_decimal;
use crate::values::bson_types::keys::{MaxKey, MinKey};
use crate::values::bson_types::regex::Regex;
use crate::values::bson_types::symbol::Symbol;
use crate::values::bson_types::undefined::Undefined;
use crate::values::bson_types::{date_time, object_id};
use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};
use crate::values::number;

/// Returns the value of an Extended JSON text, or of a literal of mongosh or Python.
///
/// # Errors
/// `InvalidArgument` if the text is not JSON, with line and column, or if the wrapper of a type is
/// wrong.
pub fn parse(text: &str) -> Result<Dynamic> {
    let value = json(text).or_else(|error| {
        let literal = extended_json(text).ok_or(error)?;
        json(&literal)
    });
    extended(value?)
}

/// Returns the value of a plain JSON text. Objects become Documents, and names that start with `$`
/// have no special meaning.
///
/// # Errors
/// `InvalidArgument` if the text is not JSON, with line and column.
pub fn parse_plain(text: &str) -> Result<Dynamic> {
    plain(json(text)?, &plain_object)
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let whole = error.to_string();
        let what = whole.split(" at line ").next().unwrap_or(&whole);
        Error::invalid_argument(format!("the text is not JSON: {what} ({place})")).hint(
            "JSON needs double quotes around names and strings, and allows no comma at the end of a list",
        )
    })
}

type Object = dyn Fn(Map<String, Value>) -> Result<Dynamic>;

fn plain(value: Value, object: &Object) -> Result<Dynamic> {
    Ok(match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => flag.into(),
        Value::Number(number) => plain_number(&number),
        Value::String(text) => text.into(),
        Value::Array(items) => {
            let items: Result<Array> = items.into_iter().map(|item| plain(item, object)).collect();
            Dynamic::from_array(items?)
        }
        Value::Object(map) => object(map)?,
    })
}

fn plain_number(number: &Number) -> Dynamic {
    match number.as_i64() {
        Some(int) => Dynamic::from_int(int),
        None => Dynamic::from_float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

fn plain_object(map: Map<String, Value>) -> Result<Dynamic> {
    document(map, &plain_object).map(Dynamic::from)
}

fn document(map: Map<String, Value>, object: &Object) -> Result<Document> {
    let mut fields = Fields::default();
    for (name, value) in map {
        let value = plain(value, object).map_err(|error| inside(&name, error))?;
        fields.insert(name.into(), Slot::Value(value));
    }
    Ok(Document::from_fields(fields))
}

fn extended(value: Value) -> Result<Dynamic> {
    plain(value, &extended_object)
}

/// An object is the wrapper of a type if its first name says so, and a document otherwise.
pub(super) fn extended_object(map: Map<String, Value>) -> Result<Dynamic> {
    if let Some(name) = map.keys().find(|name| name.contains('\0')) {
        return Err(Error::invalid_argument(format!(
            "a field name has a NUL byte: {name:?}"
        )));
    }
    let Some(name) = map.keys().next().filter(|name| name.starts_with('$')) else {
        return document(map, &extended_object).map(Dynamic::from);
    };
    let name = name.clone();
    let expected = match name.as_str() {
        "$code" if map.contains_key("$scope") => 2,
        "$scope" if map.contains_key("$code") => 2,
        _ => 1,
    };
    let found = match wrapper(&name, &map)? {
        Some(_) if map.len() != expected => return Err(malformed(&name)),
        found => found,
    };
    match found {
        Some(value) => Ok(value),
        // A document of operators, such as `$set`, `$gt` or `$ref`.
        None => document(map, &extended_object).map(Dynamic::from),
    }
}

fn wrapper(name: &str, map: &Map<String, Value>) -> Result<Option<Dynamic>> {
    let Some(value) = map.get(name) else {
        return Ok(None);
    };
    let bad = || malformed(name);
    let text = || value.as_str().ok_or_else(bad);
    Ok(Some(match name {
        "$oid" => Dynamic::from(object_id::parse(text()?)?),
        "$numberInt" => text()?
            .parse::<i32>()
            .map(|int| Dynamic::from_int(int.into()))
            .map_err(|_| bad())?,
        "$numberLong" => text()?.parse().map(number::int64).map_err(|_| bad())?,
        "$numberDouble" => Dynamic::from_float(text()?.parse().map_err(|_| bad())?),
        "$numberDecimal" => Dynamic::from(parse_decimal(text()?)?),
        "$symbol" => Dynamic::from(Symbol::new(text()?)),
        "$uuid" => Dynamic::from(parse_uuid(text()?)?),
        "$date" => Dynamic::from(date(value)?),
        "$binary" => binary(value)?,
        "$timestamp" => timestamp(value).ok_or_else(bad)?,
        "$regularExpression" => regex(value).ok_or_else(bad)?,
        "$dbPointer" => db_pointer(value)?,
        "$code" | "$scope" => code(map)?,
        "$undefined" if value.as_bool() == Some(true) => Dynamic::from(Undefined),
        "$minKey" if value.as_i64() == Some(1) => Dynamic::from(MinKey),
        "$maxKey" if value.as_i64() == Some(1) => Dynamic::from(MaxKey),
        "$undefined" | "$minKey" | "$maxKey" => return Err(bad()),
        _ => return Ok(None),
    }))
}

fn date(value: &Value) -> Result<bson::DateTime> {
    if let Some(text) = value.as_str() {
        return date_time::parse(text);
    }
    exactly(value, &["$numberLong"])
        .and_then(|date| date.get("$numberLong")?.as_str()?.parse().ok())
        .map(bson::DateTime::from_millis)
        .ok_or_else(|| malformed("$date"))
}

/// Returns the object if it has exactly these fields.
fn exactly<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Map<String, Value>> {
    let object = value.as_object()?;
    let has_all = names.iter().all(|name| object.contains_key(*name));
    (has_all && object.len() == names.len()).then_some(object)
}

fn binary(value: &Value) -> Result<Dynamic> {
    let bad = || malformed("$binary");
    let value = exactly(value, &["base64", "subType"]).ok_or_else(bad)?;
    let base64 = value
        .get("base64")
        .and_then(Value::as_str)
        .ok_or_else(bad)?;
    let subtype = value
        .get("subType")
        .and_then(Value::as_str)
        .ok_or_else(bad)?;
    let subtype = u8::from_str_radix(subtype, 16).map_err(|_| bad())?;
    parse_binary(base64, subtype.into()).map(Dynamic::from)
}

fn timestamp(value: &Value) -> Option<Dynamic> {
    let value = exactly(value, &["t", "i"])?;
    let part = |name| u32::try_from(value.get(name)?.as_u64()?).ok();
    let (time, increment) = (part("t")?, part("i")?);
    Some(Dynamic::from(bson::Timestamp { time, increment }))
}

fn regex(value: &Value) -> Option<Dynamic> {
    let value = exactly(value, &["pattern", "options"])?;
    let pattern = value.get("pattern")?.as_str()?;
    let options = value.get("options")?.as_str()?;
    let regex = Regex::new(pattern, options);
    (!regex.has_nul()).then(|| Dynamic::from(regex))
}

fn db_pointer(value: &Value) -> Result<Dynamic> {
    let bad = || malformed("$dbPointer");
    let value = exactly(value, &["$ref", "$id"]).ok_or_else(bad)?;
    let namespace = value.get("$ref").and_then(Value::as_str).ok_or_else(bad)?;
    let id = value
        .get("$id")
        .and_then(|id| exactly(id, &["$oid"])?.get("$oid"))
        .and_then(Value::as_str)
        .ok_or_else(bad)?;
    Ok(Dynamic::from(DbPointer::new(
        namespace,
        object_id::parse(id)?,
    )))
}

fn code(map: &Map<String, Value>) -> Result<Dynamic> {
    let bad = || malformed("$code");
    let text: ImmutableString = map
        .get("$code")
        .and_then(Value::as_str)
        .ok_or_else(bad)?
        .into();
    let scope = match map.get("$scope") {
        Some(Value::Object(scope)) => Some(document(scope.clone(), &extended_object)?),
        Some(_) => return Err(malformed("$scope")),
        None => None,
    };
    Ok(Dynamic::from(Code::new(text, scope)))
}

fn malformed(name: &str) -> Error {
    Error::invalid_argument(format!("the value of `{name}` is not valid Extended JSON"))
        .hint(r#"for example {"$numberLong":"5"} or {"$date":"2026-01-31T10:00:00Z"}; use `parse_json` to read names with `$` as plain names"#)
}

/// Adds the place in the text to an error.
fn inside(name: &str, error: Error) -> Error {
    error.context(|message| {
        let inner = message.strip_prefix("in `");
        match inner.and_then(|rest| rest.split_once("`: ")) {
            Some((path, message)) => format!("in `{name}.{path}`: {message}"),
            None => format!("in `{name}`: {message}"),
        }
    })
}
