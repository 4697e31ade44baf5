//! Waits for a time, or until the run must end.

use std::time::{Duration, Instant};

use rhai::FLOAT;

use super::termination::stopped;
use crate::error::{Error, Result};
use crate::mongo::Interrupt;
use crate::values::thrown::RhaiResult;

/// How often a waiting thread checks whether the run must end.
const CHECK_EVERY: Duration = Duration::from_millis(20);
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
pub fn wait(interrupt: &Interrupt, time: Duration) -> RhaiResult<()> {
    let start = Instant::now();
    loop {
        if let Some(stop) = interrupt.stopped_by_now() {
            return Err(stopped(stop));
        }
        let left = time.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(CHECK_EVERY));
    }
}
