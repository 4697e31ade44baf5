//! Finds the `mongod` to use: the given one, the one on the PATH, the cached one, or a new
//! download.

mod candidates;
pub(super) mod libraries;
pub(super) mod proof;
pub(super) mod proof_cache;
mod run_bounded;
mod writers;

pub use candidates::find;

pub(super) use run_bounded::run_bounded;
