//! The integration tests: one binary, so that it links once. Where to find what:
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects"
)]

/// The program from outside: options, exit codes, streams, signals.
mod cli_bad_input;
mod cli_exit_codes;
mod cli_output;
mod cli_usage;
/// Scripts that go wrong, as they are shown.
mod script_errors;
mod script_hints;
mod script_imports;

/// Running the program, and comparing what it shows.
mod support;
