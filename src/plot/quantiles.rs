//! Percentiles of a few numbers.

/// Returns the smallest number that is at least as large as the part `fraction` of all numbers, by
/// the nearest-rank method. `sorted` must be sorted; without numbers the result is 0.
pub fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let rank = (fraction * sorted.len() as f64).ceil() as usize;
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(rank.saturating_sub(1).min(last))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_numbers() {
        let numbers = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&numbers, 0.5), 2.0);
        assert_eq!(quantile(&numbers, 0.99), 4.0);
        assert_eq!(quantile(&numbers, 0.0), 1.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
