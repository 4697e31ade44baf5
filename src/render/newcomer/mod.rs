//! What people who come from JavaScript and Python type first, and what to write instead.

use rhai::EvalAltResult;

use super::report::Shown;
use crate::script::Failure;

/// A hint for this error, if it looks like a habit from another language.
pub fn hint(_failure: &Failure, _error: &EvalAltResult, _shown: Option<&Shown>) -> Option<String> {
    None
}
