//! Which `mongod` to use: the given one, the one on the PATH, the cached one, or one that is fetched now.

mod candidates;
mod libraries;
mod proof;
mod proof_cache;
mod run_bounded;
mod writers;

pub use candidates::find;

pub(super) use libraries::{missing_library, way_out};
pub(super) use proof::{prove, run_version};
pub(super) use proof_cache::ProofCache;
pub(super) use run_bounded::run_bounded;
