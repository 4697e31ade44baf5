//! Options of clients and calls, and connection strings.

pub mod call_options;
mod client_describe;
pub mod client_option_table;
mod client_parse;
pub mod client_settings;
pub mod concerns;
pub mod connection_string;
