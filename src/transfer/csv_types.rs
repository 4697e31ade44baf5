use std::collections::HashMap;

use bson::oid::ObjectId;
use rhai::Dynamic;

use crate::error::{Error, Result, nearest};
use crate::values::bson_types::{date_time, decimal128};
use crate::values::{ejson, number, type_name};

/// The types of the columns of a CSV file.
#[derive(Clone, Debug, Default)]
pub struct CsvTypes {
    columns: HashMap<String, ColumnType>,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnType {
    String,
    Int,
    Long,
    Double,
    Decimal,
    Bool,
    Date,
    ObjectId,
    Json,
}

const NAMES: [(&str, ColumnType); 9] = [
    ("string", ColumnType::String),
    ("int", ColumnType::Int),
    ("long", ColumnType::Long),
    ("double", ColumnType::Double),
    ("decimal", ColumnType::Decimal),
    ("bool", ColumnType::Bool),
    ("date", ColumnType::Date),
    ("objectid", ColumnType::ObjectId),
    ("json", ColumnType::Json),
];

impl CsvTypes {
    /// Adds the type of a column.
    ///
    /// # Errors
    /// `InvalidArgument` if there is no such type.
    pub fn add(&mut self, column: &str, name: &str) -> Result<()> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        let (_, kind) = found.ok_or_else(|| {
            let names = NAMES.map(|(name, _)| name);
            let error = Error::invalid_argument(format!("there is no column type `{name}`"));
            match nearest(name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("the types are {}", names.join(", "))),
            }
        })?;
        self.columns.insert(column.to_owned(), *kind);
        Ok(())
    }

    /// Returns a column that the header does not have.
    pub(super) fn missing_in(&self, header: &[String]) -> Option<&str> {
        let mut columns = self.columns.keys();
        let missing = columns.find(|column| !header.contains(column));
        missing.map(String::as_str)
    }

    /// Returns the value of a cell; `None` if the cell is empty, so that the field is left out.
    pub(super) fn value(&self, column: &str, text: &str) -> Result<Option<Dynamic>> {
        let kind = self.columns.get(column);
        if text.is_empty() && kind != Some(&ColumnType::String) {
            return Ok(None);
        }
        let value = match kind {
            None => return Ok(Some(guessed(text))),
            Some(kind) => read(*kind, text),
        };
        let wrong = |_| {
            let name = NAMES.iter().find(|(_, known)| Some(known) == kind);
            let name = name.map_or("value", |(name, _)| name);
            let name = type_name::with_article(name);
            Error::invalid_argument(format!("`{text}` in column `{column}` is not {name}"))
        };
        value.map(Some).map_err(wrong)
    }
}

/// Returns a number or a boolean if the text is exactly how it is written, and the text otherwise:
/// `007` and `1e5` stay texts.
fn guessed(text: &str) -> Dynamic {
    if let Ok(int) = text.parse::<i64>()
        && int.to_string() == text
    {
        return int.into();
    }
    match text {
        "true" => return true.into(),
        "false" => return false.into(),
        _ => {}
    }
    let is_decimal = text.contains('.') && text.bytes().all(|byte| b"0123456789.-".contains(&byte));
    match text.parse::<f64>() {
        Ok(float) if is_decimal && !text.starts_with('.') && !text.ends_with('.') => float.into(),
        _ => text.to_owned().into(),
    }
}

fn read(kind: ColumnType, text: &str) -> std::result::Result<Dynamic, ()> {
    let number = text.trim();
    Ok(match kind {
        ColumnType::String => text.to_owned().into(),
        ColumnType::Int => i64::from(number.parse::<i32>().map_err(drop)?).into(),
        ColumnType::Long => {
            let mut value = Dynamic::from_int(number.parse().map_err(drop)?);
            value.set_tag(number::INT64);
            value
        }
        ColumnType::Double => number.parse::<f64>().map_err(drop)?.into(),
        ColumnType::Decimal => Dynamic::from(decimal128::parse(number).map_err(drop)?),
        ColumnType::Bool => match number {
            "true" | "TRUE" | "True" | "1" => true.into(),
            "false" | "FALSE" | "False" | "0" => false.into(),
            _ => return Err(()),
        },
        ColumnType::Date => Dynamic::from(date_time::parse(number).map_err(drop)?),
        ColumnType::ObjectId => Dynamic::from(ObjectId::parse_str(number).map_err(drop)?),
        ColumnType::Json => ejson::parse(text).map_err(drop)?,
    })
}
