//! Reads and changes the fields of a Document.

use std::sync::Arc;

use bytes::Bytes;
use rhai::{Array, Dynamic, ImmutableString};

use super::document::{Body, Document};
use super::fields::{Fields, Slot};
use super::number;
use crate::error::Result;
use crate::mongo::elements::{EMPTY_DOCUMENT, Elements, kind};
use crate::values::codec::{decode, encode};

impl Slot {
    /// Returns the value as scripts see it.
    pub fn read(&self) -> Result<Dynamic> {
        match self {
            Self::Raw { kind, value } => decode::value(*kind, value, value),
            Self::Value(value) => Ok(value.flatten_clone()),
        }
    }
}

impl Document {
    /// Returns the document as BSON.
    ///
    /// # Errors
    /// `InvalidArgument` with the path of a value that is not BSON.
    pub fn to_bytes(&self) -> Result<Bytes> {
        encode::document(self)
    }

    /// Returns the value of a field, or `None` if the field does not exist.
    pub fn get(&self, name: &str) -> Result<Option<Dynamic>> {
        match self.body() {
            Body::Fields(fields) => fields.get(name).map(Slot::read).transpose(),
            Body::Raw(bytes) => Elements::new(bytes)?
                .find(name)?
                .map(|element| decode::value(element.kind, element.value, bytes))
                .transpose(),
        }
    }

    /// Returns whether the field exists, without decoding its value.
    pub fn contains(&self, name: &str) -> Result<bool> {
        match self.body() {
            Body::Fields(fields) => Ok(fields.contains_key(name)),
            Body::Raw(bytes) => Ok(Elements::new(bytes)?.find(name)?.is_some()),
        }
    }

    pub fn len(&self) -> Result<usize> {
        match self.body() {
            Body::Fields(fields) => Ok(fields.len()),
            Body::Raw(bytes) => {
                let mut count = 0;
                for element in Elements::new(bytes)? {
                    element?;
                    count += 1;
                }
                Ok(count)
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        match self.body() {
            Body::Fields(fields) => fields.is_empty(),
            Body::Raw(bytes) => bytes.len() == EMPTY_DOCUMENT.len(),
        }
    }

    /// Returns all fields with their values, in order.
    pub fn entries(&self) -> Result<Vec<(ImmutableString, Dynamic)>> {
        match self.body() {
            Body::Fields(fields) => fields
                .iter()
                .map(|(name, slot)| Ok((name.clone(), slot.read()?)))
                .collect(),
            Body::Raw(bytes) => Elements::new(bytes)?
                .map(|element| {
                    let element = element?;
                    let value = decode::value(element.kind, element.value, bytes)?;
                    Ok((element.name()?.into(), value))
                })
                .collect(),
        }
    }

    pub fn keys(&self) -> Result<Vec<ImmutableString>> {
        match self.body() {
            Body::Fields(fields) => Ok(fields.keys().cloned().collect()),
            Body::Raw(bytes) => Elements::new(bytes)?
                .map(|element| Ok(element?.name()?.into()))
                .collect(),
        }
    }

    /// Sets a field. An existing field keeps its position; a new one is added at the end. A plain
    /// integer stays an Int64 if it replaces one, also inside an array.
    pub fn set(&mut self, name: &str, value: Dynamic) -> Result<()> {
        let mut value = value.flatten();
        let fields = self.fields_mut()?;
        match fields.get_mut(name) {
            Some(slot) => {
                keep_width(slot, &mut value)?;
                *slot = Slot::Value(value);
            }
            None => {
                fields.insert(name.into(), Slot::Value(value));
            }
        }
        Ok(())
    }

    /// Removes a field; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Result<Option<Dynamic>> {
        if !self.contains(name)? {
            return Ok(None);
        }
        let removed = self.fields_mut()?.remove(name);
        removed.map(|slot| slot.read()).transpose()
    }

    /// Returns the fields for a change. Bytes from the server are split into fields, but not
    /// decoded.
    pub fn fields_mut(&mut self) -> Result<&mut Fields> {
        if let Body::Raw(bytes) = self.body() {
            let mut fields = Fields::default();
            for element in Elements::new(bytes)? {
                let element = element?;
                let slot = Slot::Raw {
                    kind: element.kind,
                    value: bytes.slice_ref(element.value),
                };
                // BSON allows a name twice. The first one is kept, because `get` returns it.
                fields.insert_if_missing(element.name()?.into(), slot);
            }
            *self.body_mut() = Body::Fields(Arc::new(fields));
        }
        match self.body_mut() {
            Body::Fields(fields) => Ok(Arc::make_mut(fields)),
            Body::Raw(_) => unreachable!("the bytes were turned into fields above"),
        }
    }
}

/// Makes a plain integer an Int64 if it replaces one, also inside an array.
fn keep_width(old: &Slot, new: &mut Dynamic) -> Result<()> {
    match old {
        Slot::Raw { kind, .. } if *kind == kind::INT64 && number::is_plain(new) => {
            new.set_tag(number::INT64);
            Ok(())
        }
        // The old array is decoded only if the new one has a plain integer.
        Slot::Raw { kind, .. } if *kind == kind::ARRAY && has_plain_integer(new) => {
            keep_widths(&old.read()?, new);
            Ok(())
        }
        Slot::Raw { .. } => Ok(()),
        Slot::Value(value) => {
            keep_widths(value, new);
            Ok(())
        }
    }
}

fn keep_widths(old: &Dynamic, new: &mut Dynamic) {
    if old.is_int() && old.tag() == number::INT64 && number::is_plain(new) {
        new.set_tag(number::INT64);
        return;
    }
    let Some(old) = old.read_lock::<Array>() else {
        return;
    };
    if let Some(mut new) = new.write_lock::<Array>() {
        for (old, new) in old.iter().zip(new.iter_mut()) {
            keep_widths(old, new);
        }
    }
}

fn has_plain_integer(value: &Dynamic) -> bool {
    number::is_plain(value)
        || value
            .read_lock::<Array>()
            .is_some_and(|array| array.iter().any(has_plain_integer))
}
