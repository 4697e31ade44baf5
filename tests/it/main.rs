//! The integration tests: one binary, so that it links once. Servers are real, and started through the product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects; clippy.toml covers only what stands inside a test function"
)]

/// Folders, processes, patience; running the program, and comparing what it shows.
mod support;

/// The program from outside: options, exit codes, streams, signals.
mod cli_bad_input;
mod cli_exit_codes;
mod cli_output;
mod cli_usage;
/// The help texts keep what they promise.
mod help_examples;
/// The prompt in a terminal of its own: keys go in, a screen comes out.
mod prompt_server;
mod prompt_typing;
/// Scripts that go wrong, as they are shown.
mod script_errors;
mod script_hints;
mod script_imports;

/// `seaworthy server …`, as functions.
mod server_command;
/// Whoever is killed, in whatever order: no process stays, no acknowledged write is lost.
mod server_crash;
/// What cannot start says why.
mod server_failed_start;
/// Fetching `mongod`: refused, cut off, twice at once, changed on its way.
mod server_install;
/// Start, share, stop.
mod server_private;
/// Sets of one, three and five members under the control of whoever made them.
mod server_replica_set;
/// Nobody else on the machine gets in.
mod server_secrecy;
