//! Dates and durations.

use super::Meaning;
use super::kind::Kind;
use super::names::path;
use crate::translate::problem::{Problem, Result};
use crate::translate::tree::{Binary, Call, Expr};

impl Meaning {
    /// `ISODate(…)` and `new Date(…)`.
    pub(super) fn javascript_date(&self, call: &Call, at: usize) -> Result<Expr> {
        let is_iso = call.callee.as_name() == Some("ISODate");
        if !is_iso && !call.is_new {
            return Err(Problem::new("`Date()` without `new` is a text", at));
        }
        match call.args.as_slice() {
            [] => Ok(Expr::name("now", at).call(Vec::new())),
            [one] => match (one.as_text(), self.inference.kind(one)) {
                (Some(text), _) => {
                    let text = date_text(text, is_iso).ok_or_else(|| {
                        Problem::new("the time zone of this date is not known", one.at)
                    })?;
                    Ok(date(&text, at))
                }
                (None, Kind::Number) => {
                    let ms = self.whole(one.clone())?;
                    Ok(Expr::name("DateTime", at).call(vec![ms]))
                }
                _ => Err(Problem::new("this date is not translated", at)),
            },
            _ => Err(Problem::new("the time zone of this date is not known", at)),
        }
    }

    /// `datetime(2026, 1, 31, tzinfo=timezone.utc)`. PyMongo stores a time without a zone as UTC.
    pub(super) fn python_date(&self, call: &Call, at: usize) -> Result<Expr> {
        let is_utc = call
            .named
            .iter()
            .all(|(name, value)| name == "tzinfo" && is_utc(value));
        let numbers: Option<Vec<i64>> = call.args.iter().map(Expr::as_integer).collect();
        let numbers = numbers.filter(|numbers| (3..=6).contains(&numbers.len()) && is_utc);
        let why = || Problem::new("this date is not translated", at);
        let mut numbers = numbers.ok_or_else(why)?;
        let has_time = numbers.len() > 3;
        numbers.resize(6, 0);
        let [year, month, day, hour, minute, second] = numbers[..] else {
            return Err(why());
        };
        let mut text = format!("{year:04}-{month:02}-{day:02}");
        if has_time {
            text.push_str(&format!("T{hour:02}:{minute:02}:{second:02}Z"));
        }
        Ok(date(&text, at))
    }

    /// `datetime.now(timezone.utc)`.
    pub(super) fn python_now(&self, call: &Call, at: usize) -> Result<Expr> {
        let zone = call
            .args
            .first()
            .or(call.named.first().map(|(_, value)| value));
        if !zone.is_some_and(is_utc) {
            let why = "`datetime.now()` without `timezone.utc` is the local time";
            return Err(Problem::new(why, at));
        }
        Ok(Expr::name("now", at).call(Vec::new()))
    }

    /// `timedelta(days=7)` as milliseconds.
    pub(super) fn duration(&self, call: &Call, at: usize) -> Result<Expr> {
        let days = call.args.iter().map(|value| ("days", value));
        let named = call
            .named
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let mut sum: Option<Expr> = None;
        for (unit, value) in days.chain(named) {
            let ms = match unit {
                "weeks" => "604_800_000",
                "days" => "86_400_000",
                "hours" => "3_600_000",
                "minutes" => "60_000",
                "seconds" => "1000",
                "milliseconds" => "1",
                _ => {
                    return Err(Problem::new(
                        format!("`{unit}` is not translated"),
                        value.at,
                    ));
                }
            };
            let value = self.expr(value.clone())?;
            let part = match value.as_integer() {
                Some(1) => Expr::number(ms, at),
                _ => Expr::binary(Binary::Multiply, value, Expr::number(ms, at)),
            };
            sum = Some(match sum {
                Some(sum) => Expr::binary(Binary::Add, sum, part),
                None => part,
            });
        }
        Ok(sum.unwrap_or_else(|| Expr::number(0, at)))
    }
}

/// Returns `DateTime("…")`.
fn date(text: &str, at: usize) -> Expr {
    Expr::name("DateTime", at).call(vec![Expr::text(text, at)])
}

fn is_utc(zone: &Expr) -> bool {
    matches!(
        path(zone).as_deref(),
        Some("timezone.utc" | "UTC" | "datetime.UTC")
    )
}

/// Returns the text of a date with its time zone. `ISODate` means UTC if there is none.
fn date_text(text: &str, is_iso: bool) -> Option<String> {
    let (day, time) = match text.split_once('T') {
        None => (text, None),
        Some((day, time)) => (day, Some(time)),
    };
    let has_form = |text: &str, form: &str| {
        text.len() == form.len()
            && text
                .bytes()
                .zip(form.bytes())
                .all(|(byte, form)| match form {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == form,
                })
    };
    if !has_form(day, "0000-00-00") {
        return None;
    }
    let Some(time) = time else {
        return Some(text.to_owned());
    };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let zone = match zone {
        "" if is_iso => "Z".to_owned(),
        "Z" => "Z".to_owned(),
        _ if zone.get(1..).is_some_and(|hours| has_form(hours, "00:00")) => zone.to_owned(),
        _ => return None,
    };
    let clock = match clock.split_once('.') {
        Some((_, fraction)) if !fraction.bytes().all(|byte| byte.is_ascii_digit()) => return None,
        Some((whole, _)) if has_form(whole, "00:00:00") => clock.to_owned(),
        None if has_form(clock, "00:00:00") => clock.to_owned(),
        None if has_form(clock, "00:00") => format!("{clock}:00"),
        _ => return None,
    };
    Some(format!("{day}T{clock}{zone}"))
}
