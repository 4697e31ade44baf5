//! Extended JSON straight to BSON, for files of many documents: no value is made in between. Only
//! the wrappers of types, such as `{"$date": …}`, take the way over script values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::read::extended_object;
use crate::mongo::elements::kind;
use crate::values::codec::encode;

/// Returns the BSON of the document in a text of Extended JSON; `None` if the text needs the slower
/// reader, which finds out what is wrong with it.
pub fn to_bson(text: &str) -> Option<Vec<u8>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut bytes = Vec::with_capacity(text.len());
    let kind = ValueSeed(&mut bytes).deserialize(&mut json).ok()?;
    json.end().ok()?;
    (kind == kind::DOCUMENT).then_some(bytes)
}

/// Appends a value to BSON, and returns its type.
struct ValueSeed<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = u8;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u8, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueSeed<'_> {
    fn append<E>(self, kind: u8, bytes: &[u8]) -> Result<u8, E> {
        self.0.extend_from_slice(bytes);
        Ok(kind)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = u8;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<u8, E> {
        Ok(kind::NULL)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<u8, E> {
        self.append(kind::BOOLEAN, &[u8::from(flag)])
    }

    fn visit_i64<E: serde::de::Error>(self, int: i64) -> Result<u8, E> {
        match i32::try_from(int) {
            Ok(int) => self.append(kind::INT32, &int.to_le_bytes()),
            Err(_) => self.append(kind::INT64, &int.to_le_bytes()),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, int: u64) -> Result<u8, E> {
        match i64::try_from(int) {
            Ok(int) => self.visit_i64(int),
            Err(_) => self.append(kind::DOUBLE, &(int as f64).to_le_bytes()),
        }
    }

    fn visit_f64<E>(self, float: f64) -> Result<u8, E> {
        self.append(kind::DOUBLE, &float.to_le_bytes())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u8, E> {
        let length = i32::try_from(text.len() + 1).map_err(E::custom)?;
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self.append(kind::STRING, &[0])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u8, A::Error> {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        for index in 0_usize.. {
            let element = self.0.len();
            self.0.push(0);
            self.0.extend_from_slice(index.to_string().as_bytes());
            self.0.push(0);
            match items.next_element_seed(ValueSeed(&mut *self.0))? {
                Some(kind) => self.0[element] = kind,
                None => {
                    self.0.truncate(element);
                    break;
                }
            }
        }
        close(self.0, start)?;
        Ok(kind::ARRAY)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<u8, A::Error> {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        let mut names = Vec::new();
        loop {
            let element = self.0.len();
            self.0.push(0);
            if fields.next_key_seed(NameSeed(&mut *self.0))?.is_none() {
                self.0.truncate(element);
                break;
            }
            let name = (element + 1, self.0.len());
            if names.is_empty() && self.0.get(name.0) == Some(&b'$') {
                let name = String::from_utf8(self.0.split_off(name.0));
                self.0.truncate(start);
                return wrapper(self.0, name.map_err(A::Error::custom)?, fields);
            }
            self.0.push(0);
            names.push(name);
            self.0[element] = fields.next_value_seed(ValueSeed(&mut *self.0))?;
        }
        let text = |name: &(usize, usize)| &self.0[name.0..name.1];
        names.sort_unstable_by(|one, other| text(one).cmp(text(other)));
        if names
            .windows(2)
            .any(|pair| text(&pair[0]) == text(&pair[1]))
        {
            return Err(A::Error::custom("a name is there twice"));
        }
        close(self.0, start)?;
        Ok(kind::DOCUMENT)
    }
}

/// Appends the value of an object whose first name starts with `$`.
fn wrapper<'de, A: MapAccess<'de>>(
    bytes: &mut Vec<u8>,
    name: String,
    mut fields: A,
) -> Result<u8, A::Error> {
    let mut object = Map::new();
    object.insert(name, fields.next_value::<Value>()?);
    while let Some((name, value)) = fields.next_entry::<String, Value>()? {
        object.insert(name, value);
    }
    let value = extended_object(object).map_err(A::Error::custom)?;
    let (kind, value) = encode::value(&value).map_err(A::Error::custom)?;
    bytes.extend_from_slice(&value);
    Ok(kind)
}

/// Writes the closing zero of a document or array, and its length.
fn close<E: serde::de::Error>(bytes: &mut Vec<u8>, start: usize) -> Result<(), E> {
    bytes.push(0);
    let length = i32::try_from(bytes.len() - start).map_err(E::custom)?;
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Appends the name of a field.
struct NameSeed<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<(), E> {
        if name.contains('\0') {
            return Err(E::custom("a field name has a NUL byte"));
        }
        self.0.extend_from_slice(name.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::document::Document;
    use crate::values::ejson::parse;

    /// Returns the BSON that the slower reader makes.
    fn slow(text: &str) -> Option<Vec<u8>> {
        let document = parse(text).ok()?.try_cast::<Document>()?;
        Some(document.to_bytes().ok()?.to_vec())
    }

    #[test]
    fn the_result_is_that_of_the_slower_reader() {
        for text in [
            "{}",
            r#"{"a": 1, "b": 2147483648, "c": -2147483649, "d": 9223372036854775807}"#,
            r#"{"a": 9223372036854775808, "b": 1.0, "c": -0, "d": 1e3, "e": 0.1}"#,
            r#"{"a": null, "b": true, "c": [1, [], [{}], "x"], "d": {"e": {"": 1}}}"#,
            r#"{"ä\n\u00e9\ud83d\ude00": "ä\n\u00e9\ud83d\ude00", "z": "a\u0000b"}"#,
            r#"{"_id": {"$oid": "507f1f77bcf86cd799439011"}, "at": {"$date": "2026-01-31T10:00:00Z"}}"#,
            r#"{"a": {"$numberLong": "5"}, "b": [{"$numberDecimal": "1.10"}], "c": {"$minKey": 1}}"#,
            r#"{"a": {"$gt": 1, "$lt": {"$numberLong": "2"}}, "b": {"$ref": "x", "$id": 1}}"#,
            r#"{"$set": {"a": 1}}"#,
            r#"{"a": {"x": 1, "$oid": "no wrapper"}}"#,
            r#"{"a": {"$code": "f()", "$scope": {"x": 1}}}"#,
            "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
        ] {
            let fast = to_bson(text);
            assert_eq!(fast, slow(text), "{text}");
            assert_eq!(fast.is_none(), text.starts_with('['), "{text}");
        }
        let items: Vec<String> = (0..1200).map(|n| n.to_string()).collect();
        let long = format!("{{\"a\": [{}]}}", items.join(","));
        assert_eq!(to_bson(&long), slow(&long));
    }

    #[test]
    fn a_text_that_is_not_simple_is_left_to_the_slower_reader() {
        for text in [
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"a": {"$oid": "x"}}"#,
            "{a: 1}",
            r#"{"a": 1} {"b": 1}"#,
            r#"{"a\u0000b": 1}"#,
            r#"{"a": 1"#,
            r#"{"$oid": "507f1f77bcf86cd799439011"}"#,
            "5",
            "",
        ] {
            assert_eq!(to_bson(text), None, "{text}");
        }
    }
}
