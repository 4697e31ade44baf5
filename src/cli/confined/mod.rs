//! Runs of scripts of others. The process that the user started supervises; a second one, which the system confines, does
//! everything that has to do with the course.
//!
//! The supervisor finds the server's program, which may mean a download, makes the folders that the confined process can
//! write to, opens the learner's editor when it is asked to, and tidies up.

mod access;
pub(super) mod editor_requests;
mod mongod;
mod supervisor;

pub(super) use mongod::without_mongod;
pub(super) use supervisor::supervise;

/// The variable in which the confined process finds the layers around it.
pub(super) const LAYERS: &str = "SEAWORTHY_CONFINED";

/// The variable that names the descriptor on which the confined process asks for the editor.
const EDITOR: &str = "SEAWORTHY_EDITOR_FD";
