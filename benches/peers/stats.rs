/// The middle of several values and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub median: f64,
    /// A quarter of the values lies below.
    pub low: f64,
    /// A quarter of the values lies above.
    pub high: f64,
}

impl Summary {
    /// `None` where there are no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            median: quantile(&sorted, 0.5)?,
            low: quantile(&sorted, 0.25)?,
            high: quantile(&sorted, 0.75)?,
        })
    }
}

/// Between two values it lies where the line between them does.
fn quantile(sorted: &[f64], at: f64) -> Option<f64> {
    let place = (sorted.len().checked_sub(1)?) as f64 * at;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    Some(below + (above - below) * place.fract())
}

/// Divides each value by the other program's value of the same round, so that what slowed both down
/// cancels out.
pub fn ratios(values: &[f64], others: &[f64]) -> Vec<f64> {
    let pairs = values.iter().zip(others);
    pairs.map(|(value, other)| value / other).collect()
}
