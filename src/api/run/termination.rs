//! How a script is ended from outside its own control flow: what no `catch` sees.

use rhai::{Dynamic, EvalAltResult, Position};

use super::run_limits::Exceeded;
use crate::error::ExitCode;
use crate::mongo::StopReason;

/// Why a script ends before its last line. It travels as the token of Rhai's `ErrorTerminated`, which no script can
/// catch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Termination {
    /// The script called `exit`.
    Exit(ExitCode),
    /// Ctrl-C, SIGTERM, or the time is over.
    Stopped(StopReason),
    /// Whoever read the output has gone.
    ClosedPipe,
    /// The output cannot be written, for the reason given.
    OutputFailed(String),
    /// The script holds more memory than it may, in MiB.
    OutOfMemory { limit_mib: u64 },
    /// The script went beyond a limit for scripts of others.
    LimitExceeded(Exceeded),
}

/// Ends the script, which cannot catch it; the token says why.
pub fn stopped(stop: StopReason) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(Dynamic::from(Termination::Stopped(stop)), Position::NONE).into()
}
