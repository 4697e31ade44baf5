//! Numbers as people read them in a plot.

/// Returns the number with only the digits that are useful in a comparison.
pub fn short(number: f64) -> String {
    let size = number.abs();
    if number.fract() == 0.0 && size < 1e15 || (100.0..1e15).contains(&size) {
        format!("{number:.0}")
    } else if (10.0..100.0).contains(&size) {
        format!("{number:.1}")
    } else if (0.01..10.0).contains(&size) {
        format!("{number:.2}")
    } else {
        format!("{number:.1e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded() {
        let shown = [3.0, 0.4711, 21.512, 1036.4, -2.5, 0.00012, 3e20].map(short);
        assert_eq!(
            shown,
            ["3", "0.47", "21.5", "1036", "-2.50", "1.2e-4", "3.0e20"]
        );
    }
}
