//! The script type `Document`: ordered fields, every BSON type kept, decoded only where it is read.

use std::sync::Arc;

use bytes::Bytes;
use rhai::{Array, Dynamic, ImmutableString, Map};

use super::value::{Fields, Slot, decode, dismantle, encode, number};
use crate::error::Result;
use crate::mongo::elements::{EMPTY_DOCUMENT, Elements, kind};

/// A MongoDB document as scripts see it.
///
/// One that came from the server stays the bytes it came as: reading a field finds and decodes that one. The first
/// change turns the bytes into fields, whose values are still bytes until one is replaced. Copies share both.
#[derive(Clone, Debug)]
pub struct Document {
    body: Body,
}

/// How a document is held.
#[derive(Clone, Debug)]
pub enum Body {
    /// As it came from the server.
    Raw(Bytes),
    /// As a script made or changed it.
    Fields(Arc<Fields>),
}

impl Default for Document {
    fn default() -> Self {
        Self {
            body: Body::Fields(Arc::default()),
        }
    }
}

impl Document {
    /// A document made of the given fields.
    pub fn from_fields(fields: Fields) -> Self {
        Self {
            body: Body::Fields(Arc::new(fields)),
        }
    }

    /// A document as the server sent it; the bytes are looked at when they are read.
    ///
    /// # Errors
    /// `CommandFailed` where the bytes cannot be a document.
    pub fn from_bytes(bytes: Bytes) -> Result<Self> {
        Elements::new(&bytes)?;
        Ok(Self {
            body: Body::Raw(bytes),
        })
    }

    /// How the document is held, for those who write it out.
    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// Whether both are the same memory, and so certainly equal.
    pub(crate) fn same_memory(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (Body::Raw(left), Body::Raw(right)) => {
                std::ptr::eq(left.as_ptr(), right.as_ptr()) && left.len() == right.len()
            }
            (Body::Fields(left), Body::Fields(right)) => Arc::ptr_eq(left, right),
            _ => false,
        }
    }

    /// The document as BSON.
    ///
    /// # Errors
    /// `InvalidArgument` where a value is not BSON, with its path.
    pub fn to_bytes(&self) -> Result<Bytes> {
        encode::document(self)
    }

    /// A field's value, or `None` where there is no such field.
    pub fn get(&self, name: &str) -> Result<Option<Dynamic>> {
        match &self.body {
            Body::Fields(fields) => fields.get(name).map(Slot::read).transpose(),
            Body::Raw(bytes) => Elements::new(bytes)?
                .find(name)?
                .map(|element| decode::value(element.kind, element.value, bytes))
                .transpose(),
        }
    }

    /// Whether there is a field of that name; its value is not decoded.
    pub fn contains(&self, name: &str) -> Result<bool> {
        match &self.body {
            Body::Fields(fields) => Ok(fields.contains_key(name)),
            Body::Raw(bytes) => Ok(Elements::new(bytes)?.find(name)?.is_some()),
        }
    }

    /// How many fields there are.
    pub fn len(&self) -> Result<usize> {
        match &self.body {
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

    /// Whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        match &self.body {
            Body::Fields(fields) => fields.is_empty(),
            Body::Raw(bytes) => bytes.len() == EMPTY_DOCUMENT.len(),
        }
    }

    /// Every field with its value, in order.
    pub fn entries(&self) -> Result<Vec<(ImmutableString, Dynamic)>> {
        match &self.body {
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

    /// The field names, in order.
    pub fn keys(&self) -> Result<Vec<ImmutableString>> {
        match &self.body {
            Body::Fields(fields) => Ok(fields.keys().cloned().collect()),
            Body::Raw(bytes) => Elements::new(bytes)?
                .map(|element| Ok(element?.name()?.into()))
                .collect(),
        }
    }

    /// Sets a field: in its place where it is there already, at the end otherwise. A plain integer takes over the
    /// width of the Int64 it replaces, and so do those in an array.
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

    /// Takes a field out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Result<Option<Dynamic>> {
        if !self.contains(name)? {
            return Ok(None);
        }
        let removed = self.fields_mut()?.shift_remove(name);
        removed.map(|slot| slot.read()).transpose()
    }

    /// The fields, if nobody else has them.
    pub(crate) fn fields_of_last_owner(&mut self) -> Option<&mut Fields> {
        match &mut self.body {
            Body::Fields(fields) => Arc::get_mut(fields),
            Body::Raw(_) => None,
        }
    }

    /// The fields, ready to be changed. Bytes from the server are split into fields, but not decoded.
    pub fn fields_mut(&mut self) -> Result<&mut Fields> {
        if let Body::Raw(bytes) = &self.body {
            let mut fields = Fields::default();
            for element in Elements::new(bytes)? {
                let element = element?;
                let slot = Slot::Raw {
                    kind: element.kind,
                    value: bytes.slice_ref(element.value),
                };
                // BSON allows a name twice; the first is the one that reading finds.
                fields.entry(element.name()?.into()).or_insert(slot);
            }
            self.body = Body::Fields(Arc::new(fields));
        }
        match &mut self.body {
            Body::Fields(fields) => Ok(Arc::make_mut(fields)),
            Body::Raw(_) => unreachable!("the bytes were turned into fields above"),
        }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        if let Some(fields) = self.fields_of_last_owner() {
            dismantle::fields(fields);
        }
    }
}

impl From<Map> for Document {
    /// Rhai's own object map has no order of its own: its fields come sorted by name.
    fn from(map: Map) -> Self {
        let fields = map
            .into_iter()
            .map(|(name, value)| (name.as_str().into(), Slot::Value(value.flatten())));
        Self::from_fields(fields.collect())
    }
}

/// Lets plain integers take over the Int64 of the value they replace; those of an array, place by place.
fn keep_width(old: &Slot, new: &mut Dynamic) -> Result<()> {
    match old {
        Slot::Raw { kind, .. } if *kind == kind::INT64 && number::is_plain(new) => {
            new.set_tag(number::INT64);
            Ok(())
        }
        // Decoding the old array is worth it only where a new integer may have to change.
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
