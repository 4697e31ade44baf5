//! The Jupyter kernel: cells run in a session as lines of the prompt do.

mod assistant;
mod cell_command;
mod code_points;
mod commands;
mod connection_file;
mod executor;
mod exercises;
mod input_log;
mod kernel_spec;
mod message;
mod parent;
mod publisher;
mod request;
mod self_test;
mod server;
mod signature;
mod transport;
mod watches;

pub use connection_file::ConnectionFile;
pub use exercises::CourseAccess;
pub use kernel_spec::KernelSpec;
pub use publisher::Publisher;
pub use self_test::version_of;
pub use server::{Start, run};
