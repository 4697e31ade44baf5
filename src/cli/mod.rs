//! Arguments as typed, settings as meant, one call each.

pub mod server_command;
