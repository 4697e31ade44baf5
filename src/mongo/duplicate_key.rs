//! Finds the duplicate key, if the driver kept only the server's message about it.

use bson::{Bson, Document};

use crate::error::Facts;

/// Sets `key_pattern` and `key_value` from the server's message and the refused document.
///
/// The server's reply contains both, but the driver drops them for inserts. The message has the
/// index name and the keys; the values come from the document, where they have their types.
pub fn explain_duplicate(facts: &mut Facts, message: &str, refused: Option<&Document>) {
    if facts.key_value.is_some() {
        return;
    }
    let Some(keys) = message
        .split_once("dup key: { ")
        .and_then(|(_, keys)| keys.rsplit_once(" }"))
        .map(|(keys, _)| keys)
    else {
        return;
    };
    let names = key_names(keys);
    let mut values = Document::new();
    for (name, text) in &names {
        let value = refused
            .and_then(|document| at_path(document, name))
            // An array has an index key for each element; the message says which one exists.
            .filter(|value| !matches!(value, Bson::Array(_)))
            .cloned()
            .or_else(|| scalar(text));
        values.insert(*name, value.unwrap_or(Bson::Null));
    }
    facts.key_pattern = index_name(message).and_then(|index| key_pattern(index, &names));
    facts.key_value = Some(values);
}

/// Returns the index name in `E11000 duplicate key error collection: db.c index: truck_id_1 dup
/// key: …`.
fn index_name(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(" index: ")?;
    rest.split_once(" dup key:").map(|(name, _)| name)
}

/// Returns the names and value texts of `truck_id: 4, city: "New York"`. A comma inside a string
/// does not separate.
fn key_names(keys: &str) -> Vec<(&str, &str)> {
    let mut names = Vec::new();
    let (mut start, mut quoted, mut depth) = (0, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in keys.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '{' | '[' | '(' if !quoted => depth += 1,
            '}' | ']' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(&keys[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&keys[start..]);
    for part in parts {
        if let Some((name, value)) = part.split_once(": ") {
            names.push((name.trim(), value.trim()));
        }
    }
    names
}

/// Returns the keys with their directions, from a generated index name: `a_1_b_-1`.
fn key_pattern(index: &str, names: &[(&str, &str)]) -> Option<Document> {
    let mut rest = index;
    let mut pattern = Document::new();
    for (position, (name, _)) in names.iter().enumerate() {
        rest = rest.strip_prefix(name)?.strip_prefix('_')?;
        let end = if position + 1 < names.len() {
            rest.find('_')?
        } else {
            rest.len()
        };
        let direction = &rest[..end];
        let direction = match direction.parse::<i32>() {
            Ok(number) => Bson::Int32(number),
            Err(_) if index == "_id_" => Bson::Int32(1),
            Err(_) if direction.is_empty() => return None,
            Err(_) => Bson::String(direction.to_owned()),
        };
        pattern.insert(*name, direction);
        rest = rest[end..].trim_start_matches('_');
    }
    Some(pattern)
}

fn at_path<'a>(document: &'a Document, path: &str) -> Option<&'a Bson> {
    match path.split_once('.') {
        None => document.get(path),
        Some((first, rest)) => at_path(document.get_document(first).ok()?, rest),
    }
}

/// Parses a value of a simple type from the server's message.
fn scalar(text: &str) -> Option<Bson> {
    if let Some(quoted) = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        return Some(Bson::String(quoted.to_owned()));
    }
    if let Some(hex) = text
        .strip_prefix("ObjectId('")
        .and_then(|text| text.strip_suffix("')"))
    {
        return bson::oid::ObjectId::parse_str(hex).ok().map(Bson::ObjectId);
    }
    if let Some(ms) = text
        .strip_prefix("new Date(")
        .and_then(|text| text.strip_suffix(')'))
    {
        return ms
            .parse()
            .ok()
            .map(|ms| Bson::DateTime(bson::DateTime::from_millis(ms)));
    }
    match text {
        "true" => Some(Bson::Boolean(true)),
        "false" => Some(Bson::Boolean(false)),
        "null" => Some(Bson::Null),
        number => number
            .parse::<i32>()
            .map(Bson::Int32)
            .or_else(|_| number.parse::<i64>().map(Bson::Int64))
            .or_else(|_| number.parse::<f64>().map(Bson::Double))
            .ok(),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn explained(message: &str, refused: Option<Document>) -> (Option<Document>, Option<Document>) {
        let mut facts = Facts::default();
        explain_duplicate(&mut facts, message, refused.as_ref());
        (facts.key_pattern, facts.key_value)
    }

    #[test]
    fn values_come_from_the_document_and_directions_from_the_index() {
        let message = r#"E11000 duplicate key error collection: t.c index: a.b_1_c_-1 dup key: { a.b: 4, c: "x, y: z" }"#;
        let refused = doc! { "a": { "b": 4_i64 }, "c": "x, y: z" };
        assert_eq!(
            explained(message, Some(refused)),
            (
                Some(doc! { "a.b": 1, "c": -1 }),
                Some(doc! { "a.b": 4_i64, "c": "x, y: z" })
            )
        );
    }

    #[test]
    fn without_the_document_the_message_is_parsed() {
        let message = "E11000 duplicate key error collection: t.c index: _id_ dup key: { _id: ObjectId('65f000000000000000000001') }";
        let id = bson::oid::ObjectId::parse_str("65f000000000000000000001").unwrap();
        assert_eq!(
            explained(message, None),
            (Some(doc! { "_id": 1 }), Some(doc! { "_id": id }))
        );
    }

    #[test]
    fn an_index_with_a_custom_name_has_no_key_pattern() {
        let message =
            "E11000 duplicate key error collection: t.c index: trucks dup key: { truck_id: 4 }";
        assert_eq!(
            explained(message, None),
            (None, Some(doc! { "truck_id": 4 }))
        );
    }
}
