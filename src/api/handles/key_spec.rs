//! The keys of a sort order or an index.

use bson::{Bson, Document as BsonDocument};
use rhai::Dynamic;

use crate::api::call::arguments::Call;
use crate::api::call::value_type::ValueType;
use crate::error::Result;
use crate::values::codec::convert;

/// Returns sort or index keys: one field name with a direction, or a Document of several.
pub fn keys_of(
    call: &Call,
    parameter: &str,
    keys: Dynamic,
    direction: Option<Dynamic>,
) -> Result<BsonDocument> {
    if keys.is_string() {
        let direction = match direction {
            None => Bson::Int32(1),
            Some(direction) => convert::to_bson_value(direction)?,
        };
        return Ok(BsonDocument::from_iter([(keys.to_string(), direction)]));
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
