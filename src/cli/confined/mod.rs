//! Runs untrusted scripts in a confined process, which the process of the user supervises.
//!
//! The supervisor finds or downloads `mongod`, creates the folders that the confined process can
//! write to, opens the learner's editor on request, and deletes the folders at the end.

mod access;
pub(super) mod editor_requests;
mod mongod;
mod supervisor;

pub(super) use mongod::without_mongod;
pub(super) use supervisor::supervise;

/// The variable that lists the active confinement layers for the confined process.
pub(super) const LAYERS: &str = "SEAWORTHY_CONFINED";

/// The variable with the file descriptor for editor requests.
const EDITOR: &str = "SEAWORTHY_EDITOR_FD";
