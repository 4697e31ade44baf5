//! Waits for a time, or until the run must end.

use std::future::pending;
use std::time::{Duration, Instant};

use rhai::FLOAT;

use super::session::Session;
use super::termination::stopped;
use crate::error::{Error, Result};
use crate::values::thrown::RhaiResult;

/// The longest wait, so that times do not overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Returns a number of seconds from a script as a duration.
///
/// # Errors
/// `InvalidArgument` if it is negative or not a number.
pub fn duration(function: &str, seconds: FLOAT) -> Result<Duration> {
    if seconds >= 0.0 {
        return Ok(Duration::try_from_secs_f64(seconds)
            .unwrap_or(LONGEST_WAIT)
            .min(LONGEST_WAIT));
    }
    Err(
        Error::invalid_argument(format!("`{function}` cannot wait `{seconds}` seconds"))
            .hint("use a number of seconds, 0 or more; fractions such as `0.05` are allowed"),
    )
}

/// Waits for a time, or throws if the run must end.
pub fn wait(session: &Session, time: Duration) -> RhaiResult<()> {
    let _waiting = session.waits().begin();
    let end = Instant::now().checked_add(time);
    let waited = session.interrupt().block_on(pending::<()>(), end);
    waited.map(drop).map_err(stopped)
}
