//! What scripts see: one file a script type. Prints nothing, reads no environment.

pub mod bson_types;
pub mod document;
pub mod type_name;
pub mod value;
