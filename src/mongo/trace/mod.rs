//! The commands of a client as they go to its servers, for people who want to see them.

mod command_trace;
mod redaction;
pub mod tracer;
pub mod wire_log;

pub use command_trace::{CommandOutcome, CommandTrace};
pub use tracer::Tracer;
