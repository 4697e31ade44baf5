//! The script type `Document`: ordered fields of any BSON type, decoded only when they are read.

use std::sync::Arc;

use bytes::Bytes;
use rhai::{Dynamic, Map};

use super::fields::{Fields, Slot};
use crate::error::Result;
use crate::mongo::elements::Elements;
use crate::values::codec::dismantle;

/// A MongoDB document as scripts see it.
///
/// A document from the server stays undecoded: reading a field finds and decodes only that field.
/// The first change turns the bytes into fields, whose values stay undecoded until they are
/// replaced. Copies share both.
#[derive(Clone, Debug)]
pub struct Document {
    body: Body,
    /// Whether a script threw and caught it.
    is_thrown: bool,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// The bytes that came from the server.
    Raw(Bytes),
    /// The fields of a document that a script made or changed.
    Fields(Arc<Fields>),
}

impl Default for Document {
    fn default() -> Self {
        Self {
            body: Body::Fields(Arc::default()),
            is_thrown: false,
        }
    }
}

impl Document {
    /// Marks a document that a script threw and caught: its `kind` is `"Thrown"` if it has no such
    /// field.
    #[must_use]
    pub fn into_thrown(mut self) -> Self {
        self.is_thrown = true;
        self
    }

    /// Returns the value of a field as a script reads it: a missing field is `()`.
    ///
    /// # Errors
    /// `InvalidArgument` if the bytes of the field are not valid BSON.
    pub fn read(&self, name: &str) -> Result<Dynamic> {
        Ok(match self.get(name)? {
            Some(value) => value,
            None if self.is_thrown && name == "kind" => "Thrown".into(),
            None => Dynamic::UNIT,
        })
    }

    pub fn from_fields(fields: Fields) -> Self {
        Self {
            body: Body::Fields(Arc::new(fields)),
            is_thrown: false,
        }
    }

    /// Returns a document for bytes from the server. The bytes are checked when they are read.
    ///
    /// # Errors
    /// `CommandFailed` if the bytes cannot be a document.
    pub fn from_bytes(bytes: Bytes) -> Result<Self> {
        Elements::new(&bytes)?;
        Ok(Self {
            body: Body::Raw(bytes),
            is_thrown: false,
        })
    }

    /// Returns how the document is stored, for code that encodes it.
    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// Returns how the document is stored, for code that changes it.
    pub(crate) fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// Returns whether both share the same memory, so that they are equal.
    pub(crate) fn same_memory(&self, other: &Self) -> bool {
        match (&self.body, &other.body) {
            (Body::Raw(left), Body::Raw(right)) => {
                std::ptr::eq(left.as_ptr(), right.as_ptr()) && left.len() == right.len()
            }
            (Body::Fields(left), Body::Fields(right)) => Arc::ptr_eq(left, right),
            _ => false,
        }
    }

    /// Returns the fields if no other document shares them.
    pub(crate) fn fields_of_last_owner(&mut self) -> Option<&mut Fields> {
        match &mut self.body {
            Body::Fields(fields) => Arc::get_mut(fields),
            Body::Raw(_) => None,
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
    /// Rhai's object map does not keep the order of its fields: they come sorted by name.
    fn from(map: Map) -> Self {
        let fields = map
            .into_iter()
            .map(|(name, value)| (name.as_str().into(), Slot::Value(value.flatten())));
        Self::from_fields(fields.collect())
    }
}
