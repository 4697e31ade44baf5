//! Options of clients and calls, and connection strings.

pub(super) mod call_options;
mod client_describe;
pub(super) mod client_option_table;
mod client_parse;
pub(super) mod client_settings;
pub(super) mod concerns;
pub(super) mod connection_string;
