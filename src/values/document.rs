//! The script type `Document`: ordered fields, every BSON type kept, decoded only where it is read.

use std::sync::Arc;

use bytes::Bytes;
use rhai::Map;

use super::fields::{Fields, Slot};
use crate::error::Result;
use crate::mongo::elements::Elements;
use crate::values::codec::dismantle;

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

    /// How the document is held, for those who change it.
    pub(crate) fn body_mut(&mut self) -> &mut Body {
        &mut self.body
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

    /// The fields, if nobody else has them.
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
    /// Rhai's own object map has no order of its own: its fields come sorted by name.
    fn from(map: Map) -> Self {
        let fields = map
            .into_iter()
            .map(|(name, value)| (name.as_str().into(), Slot::Value(value.flatten())));
        Self::from_fields(fields.collect())
    }
}
