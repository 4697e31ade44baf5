//! The driver as scripts need it: one bridge with deadlines and interrupts. Knows no Rhai.

pub mod elements;
mod interrupt;

pub use interrupt::{Interrupt, Stop};
