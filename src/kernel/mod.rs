//! The Jupyter kernel: cells run in a session as lines of the prompt do.

mod assistant;
mod code_points;
mod connection_file;
mod executor;
mod input_log;
mod kernel_spec;
mod message;
mod parent;
mod publisher;
mod request;
mod server;
mod signature;
mod transport;

pub use connection_file::ConnectionFile;
pub use kernel_spec::KernelSpec;
pub use publisher::Publisher;
pub use server::{Start, run};
