//! `DateTime`: a point in time, in milliseconds since 1970.

use bson::DateTime;
use rhai::plugin::*;
use rhai::{FLOAT, INT};

use super::date_format;
use crate::error::{Error, Result};
use crate::values::thrown::{RhaiResult, at_call};

pub fn register(module: &mut Module) {
    module.set_custom_type::<DateTime>("DateTime");
    combine_with_exported_module!(module, "date_time", date_time_functions);
    combine_with_exported_module!(module, "date_time_operators", date_time_operators);
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod date_time_functions {
    /// Returns the DateTime of an RFC 3339 text with a time zone, or of a date, which means the
    /// start of this day in UTC.
    ///
    /// Throws `InvalidArgument` for another text.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31T12:00:00+02:00"), DateTime("2026-01-31T10:00:00Z"));
    /// assert_eq(DateTime("2026-01-31"), DateTime("2026-01-31T00:00:00Z"));
    /// ```
    #[rhai_fn(name = "DateTime", return_raw, global)]
    pub fn parse_date_time(ctx: NativeCallContext, text: &str) -> RhaiResult<DateTime> {
        parse(text).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the DateTime that is this number of milliseconds after the start of 1970 in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime(86400000), DateTime("1970-01-02"));
    /// ```
    #[rhai_fn(name = "DateTime", global)]
    pub fn date_time_from_ms(ms: INT) -> DateTime {
        DateTime::from_millis(ms)
    }

    /// Returns the current time.
    ///
    /// ```rhai
    /// assert(now() > DateTime("2026-01-01"));
    /// ```
    #[rhai_fn(volatile, global)]
    pub fn now() -> DateTime {
        DateTime::now()
    }

    /// Returns the milliseconds since the start of 1970 in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime("1970-01-01T00:00:01.5Z").timestamp_ms, 1500);
    /// ```
    #[rhai_fn(get = "timestamp_ms", pure, global)]
    pub fn timestamp_ms(date: &mut DateTime) -> INT {
        date.timestamp_millis()
    }

    /// Returns the year, in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31").year, 2026);
    /// ```
    #[rhai_fn(get = "year", pure, global)]
    pub fn year(date: &mut DateTime) -> INT {
        Civil::of(*date).year
    }

    /// Returns the month from 1 to 12, in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31").month, 1);
    /// ```
    #[rhai_fn(get = "month", pure, global)]
    pub fn month(date: &mut DateTime) -> INT {
        Civil::of(*date).month
    }

    /// Returns the day of the month from 1 to 31, in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31").day, 31);
    /// ```
    #[rhai_fn(get = "day", pure, global)]
    pub fn day(date: &mut DateTime) -> INT {
        Civil::of(*date).day
    }

    /// Returns the hour from 0 to 23, in UTC.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31T10:20:30Z").hour, 10);
    /// ```
    #[rhai_fn(get = "hour", pure, global)]
    pub fn hour(date: &mut DateTime) -> INT {
        Civil::of(*date).ms_of_day / 3_600_000
    }

    /// Returns the minute from 0 to 59.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31T10:20:30Z").minute, 20);
    /// ```
    #[rhai_fn(get = "minute", pure, global)]
    pub fn minute(date: &mut DateTime) -> INT {
        Civil::of(*date).ms_of_day / 60_000 % 60
    }

    /// Returns the date in UTC as text. The pattern has the parts of `strftime`.
    ///
    /// `%Y` year, `%m` month, `%d` day, `%H` hour, `%M` minute, `%S` second, `%L` millisecond, `%b` and `%B`
    /// name of the month, `%a` and `%A` name of the day, `%j` day of the year, `%F` is `%Y-%m-%d`, `%T` is
    /// `%H:%M:%S`.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31T10:20:30Z").format("%Y-%m-%d"), "2026-01-31");
    /// assert_eq(DateTime("2026-01-31T10:20:30Z").format("%a, %e %B, %H:%M"), "Sat, 31 January, 10:20");
    /// ```
    #[rhai_fn(return_raw, pure, global)]
    pub fn format(
        ctx: NativeCallContext,
        date: &mut DateTime,
        pattern: &str,
    ) -> RhaiResult<String> {
        date_format::format(*date, pattern).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the second from 0 to 59.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-31T10:20:30Z").second, 30);
    /// ```
    #[rhai_fn(get = "second", pure, global)]
    pub fn second(date: &mut DateTime) -> INT {
        Civil::of(*date).ms_of_day / 1000 % 60
    }
}

#[allow(
    clippy::unwrap_used,
    reason = "Rhai's macro unwraps what Rhai has checked"
)]
#[export_module]
pub mod date_time_operators {
    /// Returns the difference of two DateTimes in milliseconds.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-02") - DateTime("2026-01-01"), 86400000);
    /// ```
    #[rhai_fn(name = "-", return_raw, global)]
    pub fn between(ctx: NativeCallContext, later: DateTime, earlier: DateTime) -> RhaiResult<INT> {
        let ms = later
            .timestamp_millis()
            .checked_sub(earlier.timestamp_millis());
        ms.ok_or_else(|| at_call(&ctx, out_of_range()))
    }

    /// Returns the DateTime that is this number of milliseconds later.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-01") + 1000, DateTime("2026-01-01T00:00:01Z"));
    /// ```
    #[rhai_fn(name = "+", return_raw, global)]
    pub fn plus(ctx: NativeCallContext, date: DateTime, ms: INT) -> RhaiResult<DateTime> {
        shifted(date, Some(ms)).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the DateTime that is this number of milliseconds earlier.
    ///
    /// ```rhai
    /// assert_eq(DateTime("2026-01-01T00:00:01Z") - 1000, DateTime("2026-01-01"));
    /// ```
    #[rhai_fn(name = "-", return_raw, global)]
    pub fn minus(ctx: NativeCallContext, date: DateTime, ms: INT) -> RhaiResult<DateTime> {
        shifted(date, ms.checked_neg()).map_err(|error| at_call(&ctx, error))
    }

    /// Returns the DateTime that is this number of milliseconds later, rounded to a whole
    /// millisecond.
    ///
    /// ```rhai
    /// assert_eq(DateTime(0) + 0.6, DateTime(1));
    /// ```
    #[rhai_fn(name = "+", return_raw, global)]
    pub fn plus_float(ctx: NativeCallContext, date: DateTime, ms: FLOAT) -> RhaiResult<DateTime> {
        // 2^63 is the first float that an integer cannot hold.
        let whole = Some(ms.round()).filter(|ms| ms.abs() < 9_223_372_036_854_775_808.0);
        shifted(date, whole.map(|ms| ms as INT)).map_err(|error| at_call(&ctx, error))
    }
}

/// Returns source code: a readable date up to the year 9999, and milliseconds for other years.
pub fn source(date: DateTime) -> String {
    match rfc3339(date) {
        Some(text) => format!("DateTime(\"{text}\")"),
        None if date.timestamp_millis() == INT::MIN => format!("DateTime(Int64(\"{}\"))", INT::MIN),
        None => format!("DateTime({})", date.timestamp_millis()),
    }
}

/// Returns the DateTime in RFC 3339 form, in UTC, or `None` if its year does not have four digits.
pub fn rfc3339(date: DateTime) -> Option<String> {
    let Civil {
        year,
        month,
        day,
        ms_of_day,
        ..
    } = Civil::of(date);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (hour, minute, second) = (
        ms_of_day / 3_600_000,
        ms_of_day / 60_000 % 60,
        ms_of_day / 1000 % 60,
    );
    let fraction = match ms_of_day % 1000 {
        0 => String::new(),
        ms => format!(".{ms:03}"),
    };
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
    ))
}

/// Reads a DateTime.
///
/// # Errors
/// `InvalidArgument` if the text is neither RFC 3339 nor a date.
pub fn parse(text: &str) -> Result<DateTime> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    DateTime::parse_rfc3339_str(whole).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        Error::invalid_argument(format!("`{shown}` is not a date and time"))
            .hint("write it as `2026-01-31T10:00:00Z` (with the `Z`, or an offset such as `+01:00`), or a date as `2026-01-31`")
    })
}

fn shifted(date: DateTime, ms: Option<INT>) -> Result<DateTime> {
    ms.and_then(|ms| date.timestamp_millis().checked_add(ms))
        .map(DateTime::from_millis)
        .ok_or_else(out_of_range)
}

fn out_of_range() -> Error {
    Error::invalid_argument("the result is outside the range of a DateTime")
        .hint("a DateTime holds about 292 million years before and after 1970")
}

/// The calendar fields of a DateTime.
pub(super) struct Civil {
    pub year: INT,
    pub month: INT,
    pub day: INT,
    pub ms_of_day: INT,
    /// Days since the start of 1970.
    days: INT,
}

impl Civil {
    /// The Gregorian calendar, counted in eras of 400 years that start in March (Howard Hinnant's `civil_from_days`).
    pub(super) fn of(date: DateTime) -> Self {
        const DAY: INT = 86_400_000;
        let ms = date.timestamp_millis();
        let days = ms.div_euclid(DAY) + 719_468;
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months_from_march = (5 * day_of_year + 2) / 153;
        let month = if months_from_march < 10 {
            months_from_march + 3
        } else {
            months_from_march - 9
        };
        Self {
            year: year_of_era + days.div_euclid(146_097) * 400 + INT::from(month <= 2),
            month,
            day: day_of_year - (153 * months_from_march + 2) / 5 + 1,
            ms_of_day: ms.rem_euclid(DAY),
            days: ms.div_euclid(DAY),
        }
    }

    /// Returns the day of the week; 0 is Sunday.
    pub(super) fn weekday(&self) -> INT {
        (self.days + 4).rem_euclid(7)
    }

    /// Returns the day of the year, from 1.
    pub(super) fn day_of_year(&self) -> INT {
        const BEFORE: [INT; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        let year = self.year;
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let month = usize::try_from(self.month - 1).unwrap_or_default();
        BEFORE[month % 12] + self.day + INT::from(is_leap && self.month > 2)
    }
}
