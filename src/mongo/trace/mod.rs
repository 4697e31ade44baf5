//! Shows the commands that a client sends to its servers.

mod body;
pub(super) mod command_recorder;
mod command_trace;
pub(super) mod op_time;
pub(super) mod origin;
mod redaction;
pub(super) mod tracer;
pub(super) mod wire_log;

pub use command_trace::{CommandOutcome, CommandTrace};
pub use tracer::Tracer;
