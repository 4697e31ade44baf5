//! Shows the commands that a client sends to its servers.

mod command_trace;
mod redaction;
pub(super) mod tracer;
pub(super) mod wire_log;

pub use command_trace::{CommandOutcome, CommandTrace};
pub use tracer::Tracer;
