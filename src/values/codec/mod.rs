//! Converts BSON into script values and back.

pub mod convert;
pub mod decode;
pub(crate) mod dismantle;
pub mod encode;
