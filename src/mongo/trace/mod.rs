//! The commands of a client as they go to its servers, for people who want to see them.

mod command_trace;
mod redaction;
mod tracer;
mod wire_log;

pub use command_trace::{CommandTrace, Outcome};
pub use tracer::Tracer;
pub(super) use wire_log::WireLog;
