//! `Timestamp`: the internal time of a replica set, a second and a counter.

use bson::Timestamp;
use rhai::INT;
use rhai::plugin::*;

use crate::error::Error;
use crate::values::thrown::{RhaiResult, at_call};

pub(super) fn register(module: &mut Module) {
    module.set_custom_type::<Timestamp>("Timestamp");
    combine_with_exported_module!(module, "timestamp", timestamp_functions);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod timestamp_functions {
    /// Returns the timestamp of a second since 1970 and a counter within that second.
    ///
    /// Both numbers are from 0 to 4294967295.
    ///
    /// ```rhai
    /// assert_eq(Timestamp(1700000000, 3).increment, 3);
    /// ```
    #[rhai_fn(name = "Timestamp", return_raw, global)]
    pub(crate) fn new_timestamp(
        ctx: NativeCallContext,
        time: INT,
        increment: INT,
    ) -> RhaiResult<Timestamp> {
        match (u32::try_from(time), u32::try_from(increment)) {
            (Ok(time), Ok(increment)) => Ok(Timestamp { time, increment }),
            _ => {
                let message = format!("`Timestamp({time}, {increment})` is out of range");
                let error = Error::invalid_argument(message)
                    .hint("both numbers are from 0 to 4294967295; the first is in seconds, not milliseconds");
                Err(at_call(&ctx, error))
            }
        }
    }

    /// Returns the seconds since 1970.
    ///
    /// ```rhai
    /// assert_eq(Timestamp(1700000000, 3).time, 1700000000);
    /// ```
    #[rhai_fn(get = "time", pure, global)]
    pub(crate) fn time(timestamp: &mut Timestamp) -> INT {
        timestamp.time.into()
    }

    /// Returns the counter within the second.
    ///
    /// ```rhai
    /// assert_eq(Timestamp(1700000000, 3).increment, 3);
    /// ```
    #[rhai_fn(get = "increment", pure, global)]
    pub(crate) fn increment(timestamp: &mut Timestamp) -> INT {
        timestamp.increment.into()
    }
}
