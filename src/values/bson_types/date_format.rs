//! `DateTime.format`: dates as text, with the directives of `strftime`.

use std::fmt::Write;

use bson::DateTime;

use super::date_time::Civil;
use crate::error::{Error, Result};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// Returns the date in UTC, with each `%` directive replaced.
///
/// # Errors
/// `InvalidArgument` for an unknown directive.
pub fn format(date: DateTime, pattern: &str) -> Result<String> {
    let civil = Civil::of(date);
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let directive = letters.next().unwrap_or('%');
        let part = part(&civil, directive).ok_or_else(|| unknown(directive))?;
        text.push_str(&part);
    }
    Ok(text)
}

fn part(civil: &Civil, directive: char) -> Option<String> {
    let Civil {
        year,
        month,
        day,
        ms_of_day,
        ..
    } = *civil;
    let (hour, minute, second) = (
        ms_of_day / 3_600_000,
        ms_of_day / 60_000 % 60,
        ms_of_day / 1000 % 60,
    );
    let name = |names: &[&str], index: i64| {
        let index = usize::try_from(index).unwrap_or_default();
        names.get(index).copied().unwrap_or_default().to_owned()
    };
    let short = |name: String| name.chars().take(3).collect::<String>();
    let mut text = String::new();
    let written = match directive {
        'Y' => write!(text, "{year:04}"),
        'y' => write!(text, "{:02}", year.rem_euclid(100)),
        'm' => write!(text, "{month:02}"),
        'd' => write!(text, "{day:02}"),
        'e' => write!(text, "{day:2}"),
        'H' => write!(text, "{hour:02}"),
        'I' => write!(text, "{:02}", (hour + 11) % 12 + 1),
        'M' => write!(text, "{minute:02}"),
        'S' => write!(text, "{second:02}"),
        'L' => write!(text, "{:03}", ms_of_day % 1000),
        'f' => write!(text, "{:03}000", ms_of_day % 1000),
        'j' => write!(text, "{:03}", civil.day_of_year()),
        'p' => write!(text, "{}", if hour < 12 { "AM" } else { "PM" }),
        'F' => write!(text, "{year:04}-{month:02}-{day:02}"),
        'T' => write!(text, "{hour:02}:{minute:02}:{second:02}"),
        'z' => write!(text, "+0000"),
        'Z' => write!(text, "UTC"),
        'B' => return Some(name(&MONTHS, month - 1)),
        'b' => return Some(short(name(&MONTHS, month - 1))),
        'A' => return Some(name(&DAYS, civil.weekday())),
        'a' => return Some(short(name(&DAYS, civil.weekday()))),
        'u' => write!(text, "{}", (civil.weekday() + 6) % 7 + 1),
        '%' => write!(text, "%"),
        _ => return None,
    };
    written.ok().map(|()| text)
}

fn unknown(directive: char) -> Error {
    Error::invalid_argument(format!("`%{directive}` is not a part of a date")).hint(
        "`%Y-%m-%d %H:%M:%S` gives `2026-01-31 10:00:00`; others are %y %b %B %a %A %e %j %I %p %L %F %T %u %z %Z %%",
    )
}
