//! The functions that scripts call without a receiver.

pub mod arrays;
pub mod asserts;
pub mod chart;
pub mod connect;
pub mod errors;
pub mod exit;
pub mod files;
pub mod format;
pub mod output;
pub mod plots;
pub mod random;
pub mod rich;
pub mod running;
pub mod showing;
pub mod texts;
pub mod timeline;
pub mod waiting;
