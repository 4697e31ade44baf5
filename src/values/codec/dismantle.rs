//! Drops nested values without recursion. The usual drop uses stack for each level, and a script
//! can nest millions of levels: `loop { d = #{ inner: d }; }`.

use rhai::{Array, Dynamic, Map};

use crate::values::bson_types::code::Code;
use crate::values::document::Document;
use crate::values::fields::{Fields, Slot};

/// Drops the values in `fields` and uses stack for one level only.
pub(crate) fn fields(fields: &mut Fields) {
    let mut waiting = Vec::new();
    take_from_fields(fields, &mut waiting);
    while let Some(mut value) = waiting.pop() {
        if let Some(mut array) = value.write_lock::<Array>() {
            waiting.extend(array.iter_mut().filter_map(take_if_nested));
        } else if let Some(mut map) = value.write_lock::<Map>() {
            waiting.extend(map.values_mut().filter_map(take_if_nested));
        } else if let Some(mut document) = value.write_lock::<Document>()
            && let Some(fields) = document.fields_of_last_owner()
        {
            take_from_fields(fields, &mut waiting);
        } else if let Some(mut code) = value.write_lock::<Code>() {
            waiting.extend(code.take_scope().map(Dynamic::from));
        }
    }
}

fn take_from_fields(fields: &mut Fields, waiting: &mut Vec<Dynamic>) {
    let values = fields.values_mut().filter_map(|slot| match slot {
        Slot::Value(value) => take_if_nested(value),
        Slot::Raw { .. } => None,
    });
    waiting.extend(values);
}

/// Takes the value if it may contain other values. A value that is shared stays where it is.
fn take_if_nested(value: &mut Dynamic) -> Option<Dynamic> {
    let is_nested =
        value.is_array() || value.is_map() || value.is::<Document>() || value.is::<Code>();
    (is_nested && !value.is_shared()).then(|| std::mem::take(value))
}
