//! Ends a script with a reason that `catch` does not see.

use rhai::{Dynamic, EvalAltResult, Position};

use super::run_limits::Exceeded;
use crate::error::ExitCode;
use crate::mongo::StopReason;

/// Why a script ends before its last line. It is the token of Rhai's `ErrorTerminated`, which a
/// script cannot catch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Termination {
    /// The script called `exit`.
    Exit(ExitCode),
    /// Ctrl-C, SIGTERM or the time limit.
    Stopped(StopReason),
    /// The reader of the output has closed the pipe.
    ClosedPipe,
    /// The output cannot be written, for this reason.
    OutputFailed(String),
    /// The script uses more memory than this limit, in MiB.
    OutOfMemory { limit_mib: u64 },
    /// The script exceeded a limit for untrusted scripts.
    LimitExceeded(Exceeded),
}

/// Ends the script for this reason. The script cannot catch it.
pub fn stopped(stop: StopReason) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(Dynamic::from(Termination::Stopped(stop)), Position::NONE).into()
}
