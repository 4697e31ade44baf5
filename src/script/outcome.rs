use std::time::Duration;

use rhai::Dynamic;

use super::failure::Failure;
use crate::error::ExitCode;

/// How a script ended.
#[derive(Debug)]
pub struct Outcome {
    /// The value of its last expression, where it was asked for.
    pub value: Dynamic,
    /// What ended it before its last line, where that is worth telling.
    pub failure: Option<Failure>,
    /// The code that the program ends with if nothing runs after this.
    pub exit: ExitCode,
    /// How long it ran, reading and checking included.
    pub duration: Duration,
    /// Whether it failed because no server could be reached or started.
    pub no_server: bool,
}
