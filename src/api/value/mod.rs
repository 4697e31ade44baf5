//! Values on their way between Rhai and BSON.

pub mod convert;
pub mod decode;
pub mod encode;
mod fields;
pub mod number;

pub use fields::{Fields, Slot};
