//! How values compare, as MongoDB orders them.

pub mod canonical;
pub mod compare;
