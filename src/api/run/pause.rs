//! Waiting for a time, which the run's end cuts short.

use std::time::{Duration, Instant};

use rhai::FLOAT;

use super::termination::stopped;
use crate::error::{Error, Result};
use crate::mongo::Interrupt;
use crate::values::thrown::RhaiResult;

/// How often a sleeper looks whether the run has to end.
const LOOK: Duration = Duration::from_millis(20);
/// No script waits longer; keeps clocks from overflowing.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Seconds of a script as a duration.
///
/// # Errors
/// `InvalidArgument` where they are negative or not a number.
pub fn duration(function: &str, seconds: FLOAT) -> Result<Duration> {
    if seconds >= 0.0 {
        return Ok(Duration::try_from_secs_f64(seconds)
            .unwrap_or(LONGEST)
            .min(LONGEST));
    }
    Err(
        Error::invalid_argument(format!("`{function}` cannot wait `{seconds}` seconds")).hint(
            "give it a number of seconds from 0 on; parts of a second are allowed, as `0.05`",
        ),
    )
}

/// Waits, unless the run has to end.
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
        std::thread::sleep(left.min(LOOK));
    }
}
