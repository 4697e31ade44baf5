use std::time::Duration;

use rhai::Dynamic;

use super::failure::Failure;
use crate::error::ExitCode;

/// How a script ended.
#[derive(Debug)]
pub struct Outcome {
    /// The value of its last expression, if it was requested.
    pub value: Dynamic,
    /// Why it ended early, if this must be reported.
    pub failure: Option<Failure>,
    /// The exit code of the program if no other script runs after this one.
    pub exit: ExitCode,
    /// How long it ran, with parsing and checks.
    pub duration: Duration,
}
