//! Options: those of a client, those of one call, and connection strings.

pub mod call_options;
pub mod client_options;
pub mod concerns;
pub mod connection_string;
