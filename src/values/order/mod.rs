//! Comparison of values, as MongoDB compares them.

pub mod canonical;
pub mod compare;
