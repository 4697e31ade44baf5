//! What handles show: a client, a cursor or a replica set in `print`, as last value, in an array and
//! in JSON.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{PoisonError, RwLock};

use rhai::{Dynamic, Variant};

type Describe = fn(&Dynamic) -> String;

static HANDLES: RwLock<Option<HashMap<TypeId, Describe>>> = RwLock::new(None);

/// Makes all values of the type show their `Display` text.
pub fn register<T: Variant + Clone + Display>() {
    let mut handles = HANDLES.write().unwrap_or_else(PoisonError::into_inner);
    handles
        .get_or_insert_default()
        .insert(TypeId::of::<T>(), |value| {
            value
                .read_lock::<T>()
                .map_or_else(String::new, |handle| handle.to_string())
        });
}

/// Returns the text of a handle, or `None` for a value that is not a handle.
pub fn of(value: &Dynamic) -> Option<String> {
    let handles = HANDLES.read().unwrap_or_else(PoisonError::into_inner);
    let describe = *handles.as_ref()?.get(&value.type_id())?;
    drop(handles);
    Some(describe(value))
}
