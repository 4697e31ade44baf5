//! The keys of a sort order or an index.

use bson::{Bson, Document as BsonDocument};
use rhai::Dynamic;

use crate::api::call::arguments::Call;
use crate::api::call::value_type::ValueType;
use crate::error::{Error, Result};
use crate::values::codec::convert;

/// Returns sort or index keys: one field name with a direction, or a Document of several.
pub fn keys_of(
    call: &Call,
    parameter: &str,
    keys: Dynamic,
    direction: Option<Dynamic>,
) -> Result<BsonDocument> {
    if keys.is_string() {
        let name = keys.to_string();
        if let Some(field) = name.strip_prefix('-') {
            return Err(Error::invalid_argument(format!(
                "`{parameter}` of `{}` starts with a minus: `{name}`",
                call.name()
            ))
            .hint(format!("for descending order write `\"{field}\", -1`")));
        }
        let direction = match direction {
            None => Bson::Int32(1),
            Some(direction) => convert::to_bson_value(direction)?,
        };
        return Ok(BsonDocument::from_iter([(name, direction)]));
    }
    if direction.is_some() {
        return Err(Error::invalid_argument(format!(
            "`{}` takes a direction only after a field name",
            call.name()
        ))
        .hint("in a Document each field has its direction: `#{ city: 1, quantity: -1 }`"));
    }
    let wrong = call.wrong(parameter, &ValueType::Keys.expected(), &keys);
    match convert::to_bson_value(keys)? {
        Bson::Document(keys) if !keys.is_empty() => Ok(keys),
        // The form of PyMongo: pairs of a name and a direction.
        Bson::Array(pairs) => pairs
            .into_iter()
            .map(|pair| match pair {
                Bson::Array(pair) => match <[Bson; 2]>::try_from(pair) {
                    Ok([Bson::String(name), direction]) => Ok((name, direction)),
                    _ => Err(wrong.clone()),
                },
                _ => Err(wrong.clone()),
            })
            .collect(),
        _ => Err(wrong),
    }
}
