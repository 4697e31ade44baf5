//! Compares values as the server does: numbers by value, documents without the order of their
//! fields.
//!
//! All of it uses the *canonical key*: bytes that are equal if and only if two values are equal.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, ImmutableString};

use super::canonical;
use crate::values::codec::encode;
use crate::values::depth::MAX_DEPTH;
use crate::values::document::Document;

pub use canonical::key as canonical_key;

/// Returns whether the server would call two values equal:
/// `1 == 1.0 == Int64(1) == Decimal128("1")`, also inside documents and arrays. NaN equals NaN. A
/// value that is not BSON equals nothing; see [`equal_or`].
pub fn equal(left: &Dynamic, right: &Dynamic) -> bool {
    equal_or(left, right, &mut |_, _| false)
}

/// Compares like [`equal`], and calls `other` for values that are not BSON.
pub fn equal_or(
    left: &Dynamic,
    right: &Dynamic,
    other: &mut dyn FnMut(&Dynamic, &Dynamic) -> bool,
) -> bool {
    first_difference(left, right, other).is_none()
}

/// Returns whether two documents have the same fields with equal values.
pub fn equal_documents(left: &Document, right: &Document) -> bool {
    Search::new(&mut |_, _| false)
        .documents(left, right)
        .is_none()
}

/// Returns whether two values are the same BSON, with the same types, widths and field order.
pub fn same_bytes(left: &Dynamic, right: &Dynamic) -> crate::error::Result<bool> {
    Ok(encode::value(left)? == encode::value(right)?)
}

/// Compares two numbers, strings, dates and so on, or returns `None` if they have no order.
pub fn order(left: &Dynamic, right: &Dynamic) -> Option<Ordering> {
    crate::values::decimal::compare(left, right)
}

/// Returns the path of the first difference of two values (`items[2].price`). The path is empty if
/// they differ as a whole; `None` means that they are equal.
pub fn first_difference(
    left: &Dynamic,
    right: &Dynamic,
    other: &mut dyn FnMut(&Dynamic, &Dynamic) -> bool,
) -> Option<String> {
    Search::new(other).values(left, right)
}

/// Goes through two values at the same time.
struct Search<'a> {
    depth: usize,
    other: &'a mut dyn FnMut(&Dynamic, &Dynamic) -> bool,
}

impl<'a> Search<'a> {
    fn new(other: &'a mut dyn FnMut(&Dynamic, &Dynamic) -> bool) -> Self {
        Self { depth: 0, other }
    }

    fn values(&mut self, left: &Dynamic, right: &Dynamic) -> Option<String> {
        let here = || Some(String::new());
        if self.depth > MAX_DEPTH {
            return here();
        }
        if let Some(equal) = equal_at_once(left, right) {
            return if equal { None } else { here() };
        }
        if let (Some(left), Some(right)) = (as_document(left), as_document(right)) {
            return self.documents(&left, &right);
        }
        if let (Some(left), Some(right)) = (left.read_lock::<Array>(), right.read_lock::<Array>()) {
            return self.arrays(&left, &right);
        }
        let equal = match (canonical::key(left), canonical::key(right)) {
            (Ok(left), Ok(right)) => left == right,
            (Err(_), Err(_)) => (self.other)(left, right),
            _ => false,
        };
        if equal { None } else { here() }
    }

    fn documents(&mut self, left: &Document, right: &Document) -> Option<String> {
        if left.same_memory(right) {
            return None;
        }
        let (Ok(entries), Ok(others)) = (left.entries(), right.keys()) else {
            return Some(String::new());
        };
        for (name, value) in &entries {
            let other = right.get(name).ok().flatten();
            let found = match other {
                Some(other) => self.deeper(|search| search.values(value, &other)),
                None => Some(String::new()),
            };
            if let Some(path) = found {
                return Some(join(name, &path));
            }
        }
        let extra = others
            .into_iter()
            .find(|name| !matches!(left.contains(name), Ok(true)));
        extra.map(|name| name.to_string())
    }

    fn arrays(&mut self, left: &Array, right: &Array) -> Option<String> {
        for (index, (left, right)) in left.iter().zip(right).enumerate() {
            if let Some(path) = self.deeper(|search| search.values(left, right)) {
                return Some(join(&format!("[{index}]"), &path));
            }
        }
        (left.len() != right.len()).then(|| format!("[{}]", left.len().min(right.len())))
    }

    fn deeper(&mut self, walk: impl FnOnce(&mut Self) -> Option<String>) -> Option<String> {
        self.depth += 1;
        let found = walk(self);
        self.depth -= 1;
        found
    }
}

/// Compares the most frequent types without a canonical key.
fn equal_at_once(left: &Dynamic, right: &Dynamic) -> Option<bool> {
    if let (Ok(left), Ok(right)) = (left.as_int(), right.as_int()) {
        return Some(left == right);
    }
    let (left, right) = (
        left.read_lock::<ImmutableString>()?,
        right.read_lock::<ImmutableString>()?,
    );
    Some(*left == *right)
}

/// Returns the value as a Document if it is a Document or an object map of Rhai.
pub(crate) fn as_document(value: &Dynamic) -> Option<Document> {
    if let Some(document) = value.read_lock::<Document>() {
        return Some(document.clone());
    }
    let map = value.read_lock::<rhai::Map>()?;
    Some(map.clone().into())
}

fn join(step: &str, rest: &str) -> String {
    let dot = if rest.is_empty() || rest.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{step}{dot}{rest}")
}

/// Returns the text of a string type of BSON or Rhai.
pub(crate) fn as_text(value: &Dynamic) -> Option<ImmutableString> {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Some(text.clone());
    }
    if let Some(symbol) = value.read_lock::<crate::values::bson_types::symbol::Symbol>() {
        return Some(symbol.as_str().into());
    }
    let letter = value.read_lock::<char>()?;
    Some(letter.to_string().into())
}
