//! The functions of a Document: all that the Rhai book documents for object maps. Functions that
//! take closures are in `document_closures.rs`.

use rhai::plugin::*;
use rhai::{Array, INT, ImmutableString, Map};

use super::document::Document;
use super::thrown::RhaiResult;
use crate::values::order::compare;

pub fn register(module: &mut Module) {
    module.set_custom_type::<Document>("Document");
    combine_with_exported_module!(module, "document", document_functions);
    combine_with_exported_module!(module, "document_merging", document_merging);
    combine_with_exported_module!(module, "document_comparing", document_comparing);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod document_functions {
    /// Returns the value of the field, or `()` if the field does not exist.
    ///
    /// ```rhai
    /// let d = #{ name: "Ada", "a.b": 1 };
    /// assert_eq([d.name, d["a.b"], d.missing], ["Ada", 1, ()]);
    /// ```
    #[rhai_fn(index_get, pure, return_raw, global)]
    pub fn read_field(document: &mut Document, name: &str) -> RhaiResult<Dynamic> {
        Ok(document.read(name)?)
    }

    /// Sets a field.
    ///
    /// An existing field keeps its position; a new one is added at the end.
    ///
    /// ```rhai
    /// let d = #{ b: 1 };
    /// d.a = 2;
    /// d["b"] += 4;
    /// assert_eq(d.keys(), ["b", "a"]);
    /// assert_eq(d.b, 5);
    /// ```
    #[rhai_fn(index_set, return_raw, global)]
    pub fn write_field(document: &mut Document, name: &str, value: Dynamic) -> RhaiResult<()> {
        Ok(document.set(name, value)?)
    }

    /// Returns the field `tag`.
    ///
    /// Other values in Rhai have a property `tag`; a Document has its field.
    ///
    /// ```rhai
    /// assert_eq(#{ tag: "blue" }.tag, "blue");
    /// ```
    #[rhai_fn(get = "tag", pure, return_raw, global)]
    pub fn read_tag(document: &mut Document) -> RhaiResult<Dynamic> {
        read_field(document, "tag")
    }

    /// Sets the field `tag`.
    ///
    /// ```rhai
    /// let d = #{};
    /// d.tag = "blue";
    /// assert_eq(d, #{ tag: "blue" });
    /// ```
    #[rhai_fn(set = "tag", return_raw, global)]
    pub fn write_tag(document: &mut Document, value: Dynamic) -> RhaiResult<()> {
        write_field(document, "tag", value)
    }

    /// Returns the value of the field, or `()` if the field does not exist.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1 }.get("a"), 1);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn get(document: &mut Document, name: &str) -> RhaiResult<Dynamic> {
        read_field(document, name)
    }

    /// Sets a field whose name is computed by the script.
    ///
    /// ```rhai
    /// let d = #{};
    /// d.set("a" + 1, true);
    /// assert_eq(d, #{ a1: true });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn set(document: &mut Document, name: &str, value: Dynamic) -> RhaiResult<()> {
        write_field(document, name, value)
    }

    /// Returns `true` if the document has this field, even if its value is `()`.
    ///
    /// `"name" in document` does the same.
    ///
    /// ```rhai
    /// assert_eq(#{ a: () }.contains("a"), true);
    /// assert_eq("b" in #{ a: 1 }, false);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn contains(document: &mut Document, name: &str) -> RhaiResult<bool> {
        Ok(document.contains(name)?)
    }

    /// Returns the number of fields.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1, b: 2 }.len(), 2);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn len(document: &mut Document) -> RhaiResult<INT> {
        Ok(INT::try_from(document.len()?).unwrap_or(INT::MAX))
    }

    /// Returns `true` if the document has no fields.
    ///
    /// ```rhai
    /// assert_eq(#{}.is_empty(), true);
    /// ```
    #[rhai_fn(pure, global)]
    pub fn is_empty(document: &mut Document) -> bool {
        document.is_empty()
    }

    /// Removes all fields.
    ///
    /// ```rhai
    /// let d = #{ a: 1 };
    /// d.clear();
    /// assert_eq(d, #{});
    /// ```
    #[rhai_fn(global)]
    pub fn clear(document: &mut Document) {
        *document = Document::default();
    }

    /// Removes a field and returns its value, or `()` if the field does not exist.
    ///
    /// ```rhai
    /// let d = #{ a: 1, b: 2, c: 3 };
    /// assert_eq(d.remove("b"), 2);
    /// assert_eq(d.keys(), ["a", "c"]);
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn remove(document: &mut Document, name: &str) -> RhaiResult<Dynamic> {
        Ok(document.remove(name)?.unwrap_or(Dynamic::UNIT))
    }

    /// Returns the names of the fields, in document order.
    ///
    /// ```rhai
    /// assert_eq(#{ b: 1, a: 2 }.keys(), ["b", "a"]);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn keys(document: &mut Document) -> RhaiResult<Array> {
        Ok(document.keys()?.into_iter().map(Dynamic::from).collect())
    }

    /// Returns the values of the fields, in document order.
    ///
    /// ```rhai
    /// assert_eq(#{ b: 1, a: 2 }.values(), [1, 2]);
    /// ```
    #[rhai_fn(pure, return_raw, global)]
    pub fn values(document: &mut Document) -> RhaiResult<Array> {
        let entries = document.entries()?.into_iter();
        Ok(entries.map(|(_, value)| value).collect())
    }
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod document_merging {
    /// Sets all fields of the other document in this one; `+=` does the same.
    ///
    /// ```rhai
    /// let d = #{ a: 1, b: 2 };
    /// d.mixin(#{ b: 3, c: 4 });
    /// assert_eq(d, #{ a: 1, b: 3, c: 4 });
    /// ```
    #[rhai_fn(name = "mixin", name = "+=", return_raw, global)]
    pub fn mixin(document: &mut Document, other: Document) -> RhaiResult<()> {
        merge_into(document, other)
    }

    /// Sets all fields of an object map in this document; `+=` does the same.
    ///
    /// ```rhai
    /// let d = #{ a: 1 };
    /// d += #{ b: 2 };
    /// assert_eq(d, #{ a: 1, b: 2 });
    /// ```
    #[rhai_fn(name = "mixin", name = "+=", return_raw, global)]
    pub fn mixin_map(document: &mut Document, other: Map) -> RhaiResult<()> {
        merge_into(document, other.into())
    }

    /// Sets all fields of a document in this object map; `+=` does the same.
    ///
    /// ```rhai
    /// let map = #{ twice: |x| 2 * x };
    /// map += #{ a: 1 };
    /// assert_eq(map.twice(map.a), 2);
    /// ```
    #[rhai_fn(name = "mixin", name = "+=", return_raw, global)]
    pub fn mixin_into_map(map: &mut Map, other: Document) -> RhaiResult<()> {
        let entries = other.entries()?.into_iter();
        map.extend(entries.map(|(name, value)| (name.as_str().into(), value)));
        Ok(())
    }

    /// Returns a document with the fields of both.
    ///
    /// If both have a field, the value of the right one is used.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1, b: 2 } + #{ b: 3 }, #{ a: 1, b: 3 });
    /// ```
    #[rhai_fn(name = "+", return_raw, global)]
    pub fn plus(left: Document, right: Document) -> RhaiResult<Document> {
        merged(left, right)
    }

    /// Returns a document with the fields of a document and an object map.
    ///
    /// If both have a field, the value of the right one is used.
    ///
    /// ```rhai
    /// let map = #{ b: |x| x };
    /// assert_eq((#{ a: 1 } + map).keys(), ["a", "b"]);
    /// ```
    #[rhai_fn(name = "+", return_raw, global)]
    pub fn plus_map(left: Document, right: Map) -> RhaiResult<Document> {
        merged(left, right.into())
    }

    /// Returns a document with the fields of an object map and a document.
    ///
    /// If both have a field, the value of the right one is used.
    ///
    /// ```rhai
    /// let map = #{ b: |x| x };
    /// assert_eq((map + #{ a: 1 }).keys(), ["b", "a"]);
    /// ```
    #[rhai_fn(name = "+", return_raw, global)]
    pub fn map_plus(left: Map, right: Document) -> RhaiResult<Document> {
        merged(left.into(), right)
    }

    /// Sets the fields of the other document that this one does not have.
    ///
    /// ```rhai
    /// let options = #{ limit: 5 };
    /// options.fill_with(#{ limit: 20, skip: 0 });
    /// assert_eq(options, #{ limit: 5, skip: 0 });
    /// ```
    #[rhai_fn(return_raw, global)]
    pub fn fill_with(document: &mut Document, other: Document) -> RhaiResult<()> {
        fill(document, other)
    }

    /// Sets the fields of an object map that this document does not have.
    ///
    /// ```rhai
    /// let d = #{ a: 1 };
    /// d.fill_with(#{ f: |x| x });
    /// assert_eq(d.keys(), ["a", "f"]);
    /// ```
    #[rhai_fn(name = "fill_with", return_raw, global)]
    pub fn fill_with_map(document: &mut Document, other: Map) -> RhaiResult<()> {
        fill(document, other.into())
    }
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod document_comparing {
    /// Returns `true` if both have the same fields with equal values.
    ///
    /// Values are compared as the server compares them, so `1 == 1.0`. The order of the fields is
    /// ignored.
    ///
    /// ```rhai
    /// assert(#{ a: 1, b: 2 } == #{ b: 2.0, a: Int64(1) });
    /// ```
    #[rhai_fn(name = "==", pure, global)]
    pub fn equals(left: &mut Document, right: Document) -> bool {
        compare::equal_documents(left, &right)
    }

    /// Returns `true` if the two documents differ.
    ///
    /// The order of the fields is ignored.
    ///
    /// ```rhai
    /// assert(#{ a: 1 } != #{ a: 2 });
    /// ```
    #[rhai_fn(name = "!=", pure, global)]
    pub fn differs(left: &mut Document, right: Document) -> bool {
        !compare::equal_documents(left, &right)
    }

    /// Returns `true` if a document and an object map have the same fields with equal values.
    ///
    /// ```rhai
    /// let map = #{ f: |x| x };
    /// map.remove("f");
    /// assert(#{} == map);
    /// ```
    #[rhai_fn(name = "==", pure, global)]
    pub fn equals_map(left: &mut Document, right: Map) -> bool {
        compare::equal_documents(left, &right.into())
    }

    /// Returns `true` if a document and an object map differ.
    ///
    /// ```rhai
    /// let map = #{ f: |x| x };
    /// assert(#{ a: 1 } != map);
    /// ```
    #[rhai_fn(name = "!=", pure, global)]
    pub fn differs_from_map(left: &mut Document, right: Map) -> bool {
        !compare::equal_documents(left, &right.into())
    }

    /// Returns `true` if an object map and a document have the same fields with equal values.
    ///
    /// ```rhai
    /// let map = #{ f: |x| x };
    /// map.remove("f");
    /// assert(map == #{});
    /// ```
    #[rhai_fn(name = "==", global)]
    pub fn map_equals(left: Map, right: Document) -> bool {
        compare::equal_documents(&left.into(), &right)
    }

    /// Returns `true` if an object map and a document differ.
    ///
    /// ```rhai
    /// let map = #{ f: |x| x };
    /// assert(map != #{ a: 1 });
    /// ```
    #[rhai_fn(name = "!=", global)]
    pub fn map_differs(left: Map, right: Document) -> bool {
        !compare::equal_documents(&left.into(), &right)
    }
}

fn merge_into(document: &mut Document, other: Document) -> RhaiResult<()> {
    if document.is_empty() {
        *document = other;
        return Ok(());
    }
    for (name, value) in other.entries()? {
        document.set(&name, value)?;
    }
    Ok(())
}

fn merged(mut left: Document, right: Document) -> RhaiResult<Document> {
    merge_into(&mut left, right)?;
    Ok(left)
}

fn fill(document: &mut Document, other: Document) -> RhaiResult<()> {
    for (name, value) in other.entries()? {
        if !document.contains(&name)? {
            document.set(&name, value)?;
        }
    }
    Ok(())
}

pub(super) type Entry = (ImmutableString, Dynamic);
