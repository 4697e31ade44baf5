//! Numbers of the source languages.

/// Returns a number of JavaScript with the BSON type that mongosh stores: Int32 if it is whole and
/// small enough, otherwise Double.
pub(super) fn whole_or_double(text: &str) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    let is_int32 = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
    if is_int32 {
        return Some(format!("{number:.0}"));
    }
    double(text)
}

/// Returns a Double with a decimal point.
pub(super) fn double(text: &str) -> Option<String> {
    let number: f64 = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    let digits = number.to_string();
    Some(if digits.contains('.') {
        digits
    } else {
        format!("{digits}.0")
    })
}

/// Returns an integer of Python, which is stored as Int32 or Int64.
pub(super) fn integer(text: &str) -> Option<String> {
    text.parse::<i64>().ok().map(|number| number.to_string())
}
